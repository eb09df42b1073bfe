module drover.example/s3control-client

go 1.24

require (
	github.com/aws/aws-sdk-go-v2 v1.41.8
	github.com/aws/aws-sdk-go-v2/service/s3control v1.71.0
)

require (
	github.com/aws/aws-sdk-go-v2/internal/configsources v1.4.24 // indirect
	github.com/aws/aws-sdk-go-v2/internal/endpoints/v2 v2.7.24 // indirect
	github.com/aws/aws-sdk-go-v2/service/internal/s3shared v1.19.24 // indirect
	github.com/aws/smithy-go v1.25.1 // indirect
)
