"""A boto3 user's day with S3 Batch Operations: endpoint, account and names on the command line, findings as JSON on stdout."""

import json
import sys
import time

import boto3

endpoint, account, role, manifest_arn, etag, target = sys.argv[1:]


def client(**credentials):
    # The region snow has no account before the host name.
    return boto3.client("s3control", region_name="snow", endpoint_url=endpoint, **credentials)


def request(token, **changes):
    return {
        "AccountId": account,
        "ClientRequestToken": token,
        "ConfirmationRequired": False,
        "Priority": 7,
        "RoleArn": role,
        "Operation": {"S3PutObjectCopy": {"TargetResource": target, "TargetKeyPrefix": "boto3"}},
        "Manifest": {
            "Spec": {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key"]},
            "Location": {"ObjectArn": manifest_arn, "ETag": etag},
        },
        "Report": {"Enabled": False},
        **changes,
    }


def refusal(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return None


control = client()
job_id = control.create_job(**request("boto3"))["JobId"]
again = control.create_job(**request("boto3"))["JobId"]
for _ in range(200):
    job = control.describe_job(AccountId=account, JobId=job_id)["Job"]
    if job["Status"] in ("Complete", "Failed", "Cancelled"):
        break
    time.sleep(0.2)

suspended = control.create_job(
    **request("boto3-suspended", ConfirmationRequired=True, Tags=[{"Key": "team", "Value": "a"}])
)["JobId"]


def tags():
    return control.get_job_tagging(AccountId=account, JobId=suspended).get("Tags")


def put_tags(tags):
    return control.put_job_tagging(AccountId=account, JobId=suspended, Tags=tags)


first_tags = tags()
put_tags([{"Key": "b", "Value": ""}])
new_tags = tags()
control.delete_job_tagging(AccountId=account, JobId=suspended)
no_tags = tags()


def keep_host(params, **kwargs):
    params["url"] = params["url"].replace(f"//{account}.", "//", 1)


hooked = boto3.client("s3control", region_name="us-east-1", endpoint_url=endpoint)
hooked.meta.events.register("before-call.s3-control", keep_host)

while control.describe_job(AccountId=account, JobId=suspended)["Job"]["Status"] != "Suspended":
    time.sleep(0.2)
priority = control.update_job_priority(AccountId=account, JobId=suspended, Priority=99)["Priority"]
cancelled = control.update_job_status(
    AccountId=account, JobId=suspended, RequestedJobStatus="Cancelled", StatusUpdateReason="changed my mind"
)
listed = [job["JobId"] for job in control.list_jobs(AccountId=account)["Jobs"]]

print(
    json.dumps(
        {
            "status": job["Status"],
            "succeeded": job["ProgressSummary"]["NumberOfTasksSucceeded"],
            "created": job["CreationTime"].isoformat(),
            "sameJob": again == job_id,
            "priority": priority,
            "cancelled": cancelled["Status"],
            "reason": cancelled.get("StatusUpdateReason"),
            "tags": first_tags,
            "newTags": new_tags,
            "noTags": no_tags,
            "manyTags": refusal(lambda: put_tags([{"Key": f"k{index}", "Value": ""} for index in range(51)])),
            "badToken": refusal(lambda: control.list_jobs(AccountId=account, NextToken="invented")),
            "hooked": len(hooked.list_jobs(AccountId=account, MaxResults=1)["Jobs"]) == 1,
            "listed": job_id in listed and suspended in listed,
            "unknownJob": refusal(
                lambda: control.describe_job(AccountId=account, JobId="00000000-0000-0000-0000-000000000000")
            ),
            "otherRequest": refusal(lambda: control.create_job(**request("boto3", Priority=8))),
            "badStatus": refusal(
                lambda: control.update_job_status(AccountId=account, JobId=job_id, RequestedJobStatus="Ready")
            ),
            "wrongSecret": refusal(
                lambda: client(aws_access_key_id="drover", aws_secret_access_key="wrong").list_jobs(AccountId=account)
            ),
        }
    )
)
