// A handler of S3 Batch Operations with the types of aws-lambda-go: the event is its argument, the answer goes to stdout.
package main

import (
	"encoding/json"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// A member that the type lacks is an error, as for a handler that is meant to miss nothing.
func read(into any) {
	decoder := json.NewDecoder(strings.NewReader(os.Args[1]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		log.Fatal(err)
	}
}

func main() {
	var schema struct{ InvocationSchemaVersion string }
	if err := json.Unmarshal([]byte(os.Args[1]), &schema); err != nil {
		log.Fatal(err)
	}
	answer := events.S3BatchJobResponse{
		InvocationSchemaVersion: schema.InvocationSchemaVersion,
		TreatMissingKeysAs:      "PermanentFailure",
	}
	say := func(taskID string, words ...string) {
		result := events.S3BatchJobResult{TaskID: taskID, ResultCode: "Succeeded", ResultString: strings.Join(words, " ")}
		answer.Results = append(answer.Results, result)
	}
	if schema.InvocationSchemaVersion == "1.0" {
		var event events.S3BatchJobEvent
		read(&event)
		answer.InvocationID = event.InvocationID
		for _, task := range event.Tasks {
			say(task.TaskID, event.Job.ID, task.S3BucketARN, task.S3Key, task.S3VersionID)
		}
	} else {
		var event events.S3BatchJobEventV2
		read(&event)
		answer.InvocationID = event.InvocationID
		for _, task := range event.Tasks {
			say(task.TaskID, event.Job.ID, task.S3Bucket, task.S3Key, task.S3VersionID, event.Job.UserArguments["width"])
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		log.Fatal(err)
	}
}
