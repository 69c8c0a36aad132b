"""Writes one of the benchmark's models to a folder as a job: python write_model.py folder conv. Prints its name."""

import json
import sys

from rows import rows

folder, row = sys.argv[1:]
job = rows[row]()
job.write_with_files(folder)
print(json.dumps({"name": job.name, "examples": len(job.data["X"])}))
