variable "folder" {
  description = "The folder that \"flink-connection-rotator template --out\" wrote."
  type        = string
}

variable "bucket" {
  description = "An S3 bucket in the provider's region. The code and the template are uploaded to it."
  type        = string
}

variable "name" {
  description = "The name of the CloudFormation stack."
  type        = string
  default     = "FlinkConnectionRotator"
}

variable "cloudformation_role_arn" {
  description = "The role with which CloudFormation creates the resources. By default it uses the caller's permissions."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stack, its resources and the uploaded files."
  type        = map(string)
  default     = {}
}
