"""A handler of S3 Batch Operations as Powertools for AWS Lambda has it: the first task, and treatMissingKeysAs by default.

The event is the argument, the answer goes to stdout.
"""

import json
import sys

from aws_lambda_powertools.utilities.data_classes import S3BatchOperationEvent, S3BatchOperationResponse

event = S3BatchOperationEvent(json.loads(sys.argv[1]))
task = event.task
seen = [event.job.get_id, task.s3_bucket, task.s3_key, task.s3_version_id or "", event.job.user_arguments.get("width", "")]
response = S3BatchOperationResponse(event.invocation_schema_version, event.invocation_id)
response.add_result(task.build_task_batch_response("Succeeded", " ".join(seen)))
print(json.dumps(response.asdict()))
