"""Writes an inventory in CSV and in Parquet, as AWS has them: python3 write-inventory.py ROWS CSV_FILE PARQUET_FILE"""

import sys

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

rows = int(sys.argv[1])
numbers = range(rows)
keys = [f"logs/2026/11/{i % 30:02d}/host-{i * 7919 % 1000:04d}/part-{i:09d}.json.gz" for i in numbers]
versions = [f"{i * 2654435761 % 2**64:016x}AbCdEfGhIjKlMnOp" if i % 10 else "" for i in numbers]
columns = {
    "bucket": pa.array(["herd"] * rows),
    "key": pa.array(keys),
    "version_id": pa.array(versions),
    "is_latest": pa.array([i % 3 > 0 for i in numbers]),
    "is_delete_marker": pa.array([i % 50 == 0 for i in numbers]),
    "size": pa.array([i * 31 for i in numbers], pa.int64()),
    "last_modified_date": pa.array([1764475506000 + i for i in numbers], pa.timestamp("ms", tz="UTC")),
    "e_tag": pa.array([f"{i * 2654435761 % 2**128:032x}" for i in numbers]),
    "storage_class": pa.array(["STANDARD"] * rows),
}
table = pa.table(columns)
pyarrow.parquet.write_table(table, sys.argv[3], compression="snappy")
dates = pyarrow.compute.strftime(table["last_modified_date"], format="%Y-%m-%dT%H:%M:%SZ")
text = table.set_column(6, "last_modified_date", dates)
with pa.CompressedOutputStream(sys.argv[2], "gzip") as out:
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pyarrow.csv.write_csv(text, out, options)
