"""Writes Parquet files as inventories have them. Takes {"rows": [...], "files": [...]} as JSON on its standard input."""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq

BOOLEANS = {"IsLatest", "IsDeleteMarker", "IsMultipartUploaded"}
TIMES = {"LastModifiedDate", "ObjectLockRetainUntilDate"}
REQUIRED = {"Bucket", "Key"}
TIME_TYPES = {
    "millis": pa.timestamp("ms", tz="UTC"),
    "micros": pa.timestamp("us", tz="UTC"),
    "nanos": pa.timestamp("ns"),
    "int96": pa.timestamp("ns"),
    "number": pa.int64(),
    "text": pa.string(),
}


def snake(name):
    if name == "ETag":
        return "e_tag"
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def column(name, rows, times):
    values = [row[name] for row in rows]
    if name in BOOLEANS:
        return pa.array(values, pa.bool_())
    if name == "Size":
        return pa.array(values, pa.int64())
    if name in TIMES and times == "text":
        return pa.array(values, pa.string())
    if name in TIMES:
        millis = pa.array([None if v is None else v for v in (row[name + "Ms"] for row in rows)], pa.int64())
        if times == "number":
            return millis
        return millis.cast(pa.timestamp("ms", tz="UTC")).cast(TIME_TYPES[times])
    return pa.array(values, pa.string())


def write(rows, spec):
    times = spec.get("times", "millis")
    names = spec["columns"]
    arrays = [column(name, rows, times) for name in names]
    spelled = [snake(name) if spec.get("snake", True) else name for name in names]
    fields = [
        pa.field(as_named, array.type, nullable=name not in REQUIRED)
        for name, as_named, array in zip(names, spelled, arrays)
    ]
    pq.write_table(
        pa.table(arrays, schema=pa.schema(fields)),
        spec["path"],
        compression=spec.get("compression", "snappy"),
        use_dictionary=spec.get("dictionary", True),
        column_encoding=spec.get("encodings"),
        data_page_version=spec.get("pageVersion", "1.0"),
        data_page_size=spec.get("pageBytes", 4096),
        row_group_size=spec.get("groupRows", 100000),
        use_deprecated_int96_timestamps=times == "int96",
        coerce_timestamps=None,
        version="2.6",
    )


job = json.load(sys.stdin)
for each in job["files"]:
    write(job["rows"], each)
