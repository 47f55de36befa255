"""Whether a design holds at the peak: quota sheets, what loads use of them, and what would mend what breaks."""
