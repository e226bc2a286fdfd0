terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

locals {
  template_file = "${var.folder}/template.json"
  template      = jsondecode(file(local.template_file))

  # The keys contain a hash of the content, so that changed code is deployed.
  archives = local.template.Metadata.FlinkConnectionRotator.Code

  parameters = can(local.template.Parameters.CodeBucket) ? { CodeBucket = var.bucket } : {}
}

data "aws_s3_bucket" "code" {
  bucket = var.bucket
}

resource "aws_s3_object" "code" {
  for_each = local.archives

  bucket = data.aws_s3_bucket.code.id
  key    = each.value
  source = "${var.folder}/${each.key}"
  tags   = var.tags

  # If the update of the stack fails, its rollback needs the previous code.
  lifecycle {
    create_before_destroy = true
  }
}

# A template in the request may have at most 51,200 bytes.
resource "aws_s3_object" "template" {
  bucket = data.aws_s3_bucket.code.id
  key    = "flink-connection-rotator/${filesha256(local.template_file)}.template.json"
  source = local.template_file
  tags   = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "rotator" {
  name         = var.name
  template_url = "https://${data.aws_s3_bucket.code.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  parameters   = local.parameters
  capabilities = ["CAPABILITY_IAM"]
  iam_role_arn = var.cloudformation_role_arn
  tags         = var.tags

  # Lambda releases the network interfaces of a function in a VPC slowly.
  timeouts {
    create = "60m"
    update = "60m"
    delete = "60m"
  }

  depends_on = [aws_s3_object.code]
}
