"""Files of steps as phones write them, made from the formats' public descriptions and nothing of ours.

A walk is `(start, end, steps)` in whole seconds UTC. Each writer adds what real files carry beside it: bodies, pulses,
places, comments, byte order marks, decimals.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone

CITY = timezone(timedelta(hours=8))
Walk = tuple[int, int, int]

DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 11 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
<!ELEMENT Record ((MetadataEntry)*)>
<!ATTLIST Record type CDATA #REQUIRED unit CDATA #IMPLIED value CDATA #IMPLIED sourceName CDATA #REQUIRED>
]>
"""


def local(second: int, zone: timezone = CITY) -> datetime:
    return datetime.fromtimestamp(second, zone)


def apple_record(walk: Walk, *, source: str = "iPhone", by_hand: bool = False, zone: timezone = CITY) -> str:
    start, end, steps = walk
    device = f"&lt;&lt;HKDevice: 0x2838&gt;, name:{source}, manufacturer:Apple, model:{source}&gt;"
    head = (
        f' <Record type="HKQuantityTypeIdentifierStepCount" sourceName="Zhang&#8217;s {source}" sourceVersion="11.3"'
        f' device="{device}" unit="count" creationDate="{local(end, zone):%Y-%m-%d %H:%M:%S %z}"'
        f' startDate="{local(start, zone):%Y-%m-%d %H:%M:%S %z}" endDate="{local(end, zone):%Y-%m-%d %H:%M:%S %z}"'
        f' value="{steps}"'
    )
    return f'{head}>\n  <MetadataEntry key="HKWasUserEntered" value="1"/>\n </Record>\n' if by_hand else f"{head}/>\n"


def apple_noise(second: int) -> str:
    at = f"{local(second):%Y-%m-%d %H:%M:%S %z}"
    return (
        f' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" creationDate="{at}"'
        f' startDate="{at}" endDate="{at}" value="71">\n  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext"'
        f' value="0"/>\n </Record>\n <Record type="HKQuantityTypeIdentifierDistanceWalkingRunning" sourceName="iPhone"'
        f' unit="km" creationDate="{at}" startDate="{at}" endDate="{at}" value="0.31"/>\n'
    )


def apple(records: Iterable[str], *, mark: bool = False) -> Iterator[bytes]:
    """An export in pieces; with a byte order mark where some tool has added one."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{DTD}<HealthData locale="zh_CN">\n'
    head += ' <ExportDate value="2018-05-14 08:00:00 +0800"/>\n <Me HKCharacteristicTypeIdentifierBiologicalSex=""/>\n'
    yield (b"\xef\xbb\xbf" if mark else b"") + head.encode()
    for record in records:
        yield record.encode()
    yield b"</HealthData>\n"


def health_connect(rows: Iterable[tuple[Walk, str, int]]) -> bytes:
    """StepsRecords with origin and recording method, instants in UTC beside their offsets."""
    records = [
        {
            "startTime": datetime.fromtimestamp(start, UTC).isoformat().replace("+00:00", "Z"),
            "startZoneOffset": "+08:00", "endZoneOffset": "+08:00",
            "endTime": datetime.fromtimestamp(end, UTC).isoformat().replace("+00:00", "Z"), "count": steps,
            "metadata": {"id": f"r{place}", "dataOrigin": {"packageName": origin}, "recordingMethod": method},
        }
        for place, ((start, end, steps), origin, method) in enumerate(rows)
    ]  # fmt: skip
    return json.dumps({"records": records}).encode()


def google_fit(days: Iterable[tuple[str, str]]) -> bytes:
    """Daily activity metrics: distance and the box of latitude and longitude stand beside the count."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["Date", "Move Minutes count", "Calories (kcal)", "Distance (m)", "Low latitude (deg)",
                   "Low longitude (deg)", "High latitude (deg)", "High longitude (deg)", "Average speed (m/s)",
                   "Step count", "Walking duration (ms)"])  # fmt: skip
    for day, steps in days:
        rows.writerow([day, 61, 1873.2, 8412.7, 30.657, 104.066, 30.702, 104.111, 1.31, steps, ""])
    return out.getvalue().encode()


def fitbit(days: Iterable[tuple[str, str]], *, mark: bool = True) -> bytes:
    """An activities table: a title line above the head, every cell quoted, thousands with a comma."""
    lines = ["Activities", "Date,Calories Burned,Steps,Distance,Floors,Minutes Sedentary"]
    lines += [f'"{day}","2,412","{steps}","6.21","12","700"' for day, steps in days]
    return (b"\xef\xbb\xbf" if mark else b"") + "\r\n".join(lines).encode()


def werun(days: Iterable[tuple[int, int]], *, appid: str, stamp: int, key: bytes, iv: bytes) -> str:
    """What wx.getWeRunData hands over, sealed by another program than ours: openssl's AES-128-CBC with PKCS 7."""
    body = {"stepInfoList": [{"timestamp": at, "step": steps} for at, steps in days],
            "watermark": {"appid": appid, "timestamp": stamp}}  # fmt: skip
    made = subprocess.run(
        ["openssl", "enc", "-aes-128-cbc", "-K", key.hex(), "-iv", iv.hex()], input=json.dumps(body).encode(),
        capture_output=True, check=True,
    )  # fmt: skip
    return base64.b64encode(made.stdout).decode()
