const STATUS_OF: Readonly<Record<string, number>> = {
  InternalServiceError: 500,
  InternalError: 500,
  NotFound: 404,
  AuthorizationError: 403,
};

/** An AWS error in either protocol. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = STATUS_OF[code] ?? 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
