// A Go user's day with S3 Batch Operations: endpoint, keys and names on the command line, findings as JSON on stdout.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"
)

var endpoint, accessKey, secretKey, account, role, manifest, etag string

func client(secret string) *s3control.Client {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secret}, nil
	})
	// The region snow has no account before the host name.
	return s3control.New(s3control.Options{Region: "snow", BaseEndpoint: &endpoint, Credentials: credentials})
}

func request(token string) *s3control.CreateJobInput {
	return &s3control.CreateJobInput{
		AccountId:            &account,
		ClientRequestToken:   &token,
		ConfirmationRequired: aws.Bool(true),
		Priority:             aws.Int32(7),
		RoleArn:              &role,
		Operation: &types.JobOperation{S3PutObjectTagging: &types.S3SetObjectTaggingOperation{
			TagSet: []types.S3Tag{{Key: aws.String("seen by"), Value: aws.String("go/é")}},
		}},
		Manifest: &types.JobManifest{
			Spec: &types.JobManifestSpec{
				Format: types.JobManifestFormatS3BatchOperationsCsv20180820,
				Fields: []types.JobManifestFieldName{types.JobManifestFieldNameBucket, types.JobManifestFieldNameKey},
			},
			Location: &types.JobManifestLocation{ObjectArn: &manifest, ETag: &etag},
		},
		Report: &types.JobReport{Enabled: false},
		Tags:   []types.S3Tag{{Key: aws.String("team"), Value: aws.String("a")}},
	}
}

// Name of the typed error that an answer became.
func refusal(err error) string {
	var notFound *types.NotFoundException
	var idempotency *types.IdempotencyException
	var status *types.JobStatusException
	var tooMany *types.TooManyTagsException
	var token *types.InvalidNextTokenException
	switch {
	case err == nil:
		return ""
	case errors.As(err, &notFound):
		return "NotFoundException"
	case errors.As(err, &idempotency):
		return "IdempotencyException"
	case errors.As(err, &status):
		return "JobStatusException"
	case errors.As(err, &tooMany):
		return "TooManyTagsException"
	case errors.As(err, &token):
		return "InvalidNextTokenException"
	default:
		return err.Error()
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func tagsOf(ctx context.Context, control *s3control.Client, id *string) []string {
	found := []string{}
	answer := must(control.GetJobTagging(ctx, &s3control.GetJobTaggingInput{AccountId: &account, JobId: id}))
	for _, tag := range answer.Tags {
		found = append(found, *tag.Key+"="+*tag.Value)
	}
	return found
}

func main() {
	for index, name := range []*string{&endpoint, &accessKey, &secretKey, &account, &role, &manifest, &etag} {
		*name = os.Args[index+1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	control := client(secretKey)
	findings := map[string]any{}

	id := must(control.CreateJob(ctx, request("go"))).JobId
	findings["sameJob"] = *must(control.CreateJob(ctx, request("go"))).JobId == *id
	other := request("go")
	other.Priority = aws.Int32(8)
	_, err := control.CreateJob(ctx, other)
	findings["otherRequest"] = refusal(err)

	describe := func() *types.JobDescriptor {
		return must(control.DescribeJob(ctx, &s3control.DescribeJobInput{AccountId: &account, JobId: id})).Job
	}
	for describe().Status != types.JobStatusSuspended && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
	}
	job := describe()
	findings["status"] = job.Status
	findings["tasks"] = *job.ProgressSummary.TotalNumberOfTasks
	findings["operation"] = *job.Operation.S3PutObjectTagging.TagSet[0].Value

	findings["tags"] = tagsOf(ctx, control, id)
	put := func(tags []types.S3Tag) error {
		_, err := control.PutJobTagging(ctx, &s3control.PutJobTaggingInput{AccountId: &account, JobId: id, Tags: tags})
		return err
	}
	must(0, put([]types.S3Tag{{Key: aws.String("b"), Value: aws.String("")}}))
	findings["newTags"] = tagsOf(ctx, control, id)
	must(control.DeleteJobTagging(ctx, &s3control.DeleteJobTaggingInput{AccountId: &account, JobId: id}))
	findings["noTags"] = tagsOf(ctx, control, id)
	many := []types.S3Tag{}
	for index := range 51 {
		many = append(many, types.S3Tag{Key: aws.String(fmt.Sprint(index)), Value: aws.String("")})
	}
	findings["manyTags"] = refusal(put(many))

	priority := &s3control.UpdateJobPriorityInput{AccountId: &account, JobId: id, Priority: 99}
	findings["priority"] = must(control.UpdateJobPriority(ctx, priority)).Priority
	wish := func(status types.RequestedJobStatus) (*s3control.UpdateJobStatusOutput, error) {
		return control.UpdateJobStatus(ctx, &s3control.UpdateJobStatusInput{
			AccountId: &account, JobId: id, RequestedJobStatus: status, StatusUpdateReason: aws.String("é & more"),
		})
	}
	findings["reason"] = *must(wish(types.RequestedJobStatusCancelled)).StatusUpdateReason
	for describe().Status != types.JobStatusCancelled && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
	}
	_, err = wish(types.RequestedJobStatusReady)
	findings["badStatus"] = refusal(err)

	listed := false
	pages := s3control.NewListJobsPaginator(control, &s3control.ListJobsInput{AccountId: &account, MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		for _, one := range must(pages.NextPage(ctx)).Jobs {
			listed = listed || *one.JobId == *id
		}
	}
	findings["listed"] = listed
	_, err = control.ListJobs(ctx, &s3control.ListJobsInput{AccountId: &account, NextToken: aws.String("invented")})
	findings["badToken"] = refusal(err)
	unknown := &s3control.DescribeJobInput{AccountId: &account, JobId: aws.String("00000000-0000-0000-0000-000000000000")}
	_, err = control.DescribeJob(ctx, unknown)
	findings["unknownJob"] = refusal(err)
	var code interface{ ErrorCode() string }
	_, err = client("wrong").ListJobs(ctx, &s3control.ListJobsInput{AccountId: &account})
	if errors.As(err, &code) {
		findings["wrongSecret"] = code.ErrorCode()
	}
	must(0, json.NewEncoder(os.Stdout).Encode(findings))
}
