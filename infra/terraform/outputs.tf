output "function_name" {
  description = "The function, for aws lambda invoke."
  value       = aws_cloudformation_stack.rotator.outputs["FunctionName"]
}

output "role_arn" {
  description = "The function's role, for the policies of keys and of secrets in other accounts."
  value       = aws_cloudformation_stack.rotator.outputs["RoleArn"]
}

output "alert_topic_arn" {
  description = "The topic that receives the alerts."
  value       = aws_cloudformation_stack.rotator.outputs["AlertTopicArn"]
}

output "version" {
  description = "The deployed version of the rotator."
  value       = aws_cloudformation_stack.rotator.outputs["Version"]
}
