"""One chart per file: `draw(data, theme)` gives the Drawing of what costmodel.charting computed. `CHARTS` are their names."""

CHARTS = ("cost", "traffic", "growth", "diagram")
ENDINGS = ("png", "svg", "pdf")  # of files; they name the format
