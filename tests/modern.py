"""What no shipped pattern and no card of 2018 has: every service of today in each of its modes, and every companion."""

CARD = "aws/us-east-1/2025-06"
PATTERN = """
version: 1
title: Modern
components:
  api: {service: api_gateway, input: source, api: http, batch: 5, logs: 0.3 KB}
  sockets: {service: api_gateway, input: {from: source, share: 10%}, api: websocket, connections: 900, replies: 2,
    reply_size: 3 KB}
  rest: {service: api_gateway, input: {from: source, share: 5%}}
  shards: {service: kinesis_data_streams, input: api, shards: {peak: 8, off_peak: 3}, long_term_retention: 30 days,
    fan_out_consumers: 2, long_term_reads: 0.1}
  elastic: {service: kinesis_data_streams, input: source, mode: on-demand, retention: 3 days, consumers: 2}
  enrich: {service: lambda, input: shards, batch: 200 records, duration: 37.4 ms, memory: 512 MB, architecture: arm64,
    ephemeral_storage: 2 GB, provisioned_concurrency: {peak: 20, off_peak: 5}, provisioned_share: 80%, logs: 2 KB, network: nat}
  load: {service: lambda, input: elastic, batch: 1 MB, duration: 900 ms, memory: 1 GB, network: endpoint}
  deliver: {service: firehose, input: enrich, source: kinesis, format_conversion: true, partitions: 12, jq_time: 20 h,
    vpc_zones: 2}
  lake: {service: firehose, input: source, iceberg: true, decompression: 4}
  store: {service: s3, input: deliver, storage_class: intelligent_tiering, retention: 200 days, infrequent_share: 30%,
    encryption: kms, reads_per_object: 3}
  rare: {service: s3, input: deliver, storage_class: standard_ia, retention: 10 days, reads_per_object: 0.1}
  archive: {service: s3, input: {from: deliver, each: batch, size: 700 KB}, storage_class: glacier_flexible, months_stored: 12}
  table: {service: dynamodb, input: load, mode: on-demand, reads_per_record: 2, writes_per_record: 1, consistency: eventual,
    retention: 400 days, stream_reads_per_record: 0.5, point_in_time_recovery: true}
  provisioned: {service: dynamodb, input: load, item_size: 3 KB, read_capacity: 90, write_capacity: {peak: 40, off_peak: 30},
    reads_per_record: 1, consistency: transactional, writes_per_record: 0.5, transactional_writes: true, table_size: 40 GB}
  flink: {service: managed_flink, input: shards, kpus: {peak: 6, off_peak: 2}, backups: 3 GB}
  started: {service: managed_flink, runs: 60, run_time: 4 min}
  gateway: {service: iot_core, input: source, devices: 50, shadow_operations: 0.2, operation_size: 1.5 KB}
  topic: {service: sns, input: gateway, http_deliveries: 1, email_deliveries: 0.001, mobile_push_deliveries: 0.1,
    firehose_deliveries: 1, sqs_deliveries: 2, lambda_deliveries: 1}
  queue: {service: sqs, input: topic, send_batch: 3, receive_batch: 10, empty_receives: 3/min, processing_time: 20 s}
  ordered: {service: sqs, input: topic, queue: fifo, processing_time: 2 s}
  bus: {service: eventbridge, input: queue, archive: true, retention: 60 days, schedules: 24/day}
  pipe: {service: eventbridge, input: ordered, by: pipe, batch: 10}
  flow: {service: step_functions, input: bus, transitions: 7, logs: 1 KB}
  express: {service: step_functions, input: pipe, workflow: express, batch: 50, duration: 320 ms, memory: 70 MB}
  kafka: {service: msk, input: source, broker: m5.large, brokers: 3, retention: 3 days}
  fast_kafka: {service: msk, input: source, cluster: express, broker: m7g.large, retention: 3 days}
  search: {service: opensearch, input: kafka, instance: r6g.large, masters: 3, retention: 14 days}
  search_volumes: {service: opensearch, instances: 2, volume: gp2, storage_per_instance: 100 GB}
  queries: {service: athena, input: store, queries: 24/day, window: 24 h}
  lookups: {service: athena, input: {from: rare, each: batch}, queries_per_record: 0.01, scanned: 4 MB}
  jobs: {service: glue, runs: 24/day, run_time: 95 s, execution: flex, crawls: 4/day, catalog_objects: 5000,
    catalog_requests: 2/s}
  monitoring: {service: cloudwatch, input: {from: enrich, share: 1%}, log_class: vended, metrics: 40, alarms: 12,
    high_resolution_alarms: 2, dashboards: 4, api_requests: 40/min, queries: 20/day}
  away: {service: data_transfer, input: {from: api, size: 300%}}
  zones: {service: data_transfer, input: kafka, to: other-zone}
  region: {service: data_transfer, input: {from: source, share: 20%}, to: other-region}
  keys: {service: kms, keys: 3}
  sized_shards: {service: kinesis_data_streams, input: source, shards: auto, consumers: 3, target_utilisation: 90%}
  sized_executions: {service: lambda, input: sized_shards, batch: 50 records, duration: 120 ms, provisioned_concurrency: auto}
  sized_table: {service: dynamodb, input: sized_executions, read_capacity: auto, write_capacity: auto, reads_per_record: 0.5,
    writes_per_record: 1}
  sized_flink: {service: managed_flink, input: sized_shards, kpus: auto, kpu_throughput: 1.3 MB/s}
  sized_runs: {service: managed_flink, input: sized_shards, kpus: auto, kpu_throughput: 900 KB/s, target_utilisation: 90%,
    runs: 60, run_time: 40 min}
  cheapest: {service: lambda, input: sized_shards, memory: auto, duration: {256 MB: 620.5 ms, 1 GB: 120.2 ms, 2 GB: 101 ms}}
  measured: {service: lambda, input: sized_shards, memory: 2 GB, duration: {256 MB: 620 ms, 2 GB: 101.5 ms}, meter: month}
  packed: {service: firehose, input: {from: source, aggregate: 5}}
  packed_objects: {service: kinesis_data_streams, input: [{from: deliver, each: batch, share: 40%, aggregate: 2.5}, packed]}
"""
