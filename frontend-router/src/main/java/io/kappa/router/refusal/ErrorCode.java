package io.kappa.router.refusal;

/** Every error that the API answers with: its wire name, status, and the key that its message goes by, which differs per error in Lambda. */
public enum ErrorCode {
    INVALID_PARAMETER_VALUE("InvalidParameterValueException", 400, "message"),
    /** Concurrency that is reserved or provisioned would not fit, or leave too little to the rest. Lambda leaves out {@code Type} here. */
    TOO_LITTLE_UNRESERVED("InvalidParameterValueException", 400, "message"),
    /** Refused by the service model's constraints, before any rule of the service. Carries no {@code Type}. */
    VALIDATION("ValidationException", 400, "message"),
    INVALID_REQUEST_CONTENT("InvalidRequestContentException", 400, "message"),
    SERIALIZATION("SerializationException", 400, "Message"),
    CODE_STORAGE_EXCEEDED("CodeStorageExceededException", 400, "message"),
    CODE_VERIFICATION_FAILED("CodeVerificationFailedException", 400, "Message"),
    POLICY_LENGTH_EXCEEDED("PolicyLengthExceededException", 400, "message"),
    RECURSIVE_INVOCATION("RecursiveInvocationException", 400, "Message"),
    RESOURCE_IN_USE("ResourceInUseException", 400, "Message"),
    ACCESS_DENIED("AccessDeniedException", 403, "Message"),
    RESOURCE_NOT_FOUND("ResourceNotFoundException", 404, "Message"),
    CODE_SIGNING_CONFIG_NOT_FOUND("CodeSigningConfigNotFoundException", 404, "Message"),
    PROVISIONED_CONFIG_NOT_FOUND("ProvisionedConcurrencyConfigNotFoundException", 404, "message"),
    UNKNOWN_OPERATION("UnknownOperationException", 404, "Message"),
    SNAP_START_TIMEOUT("SnapStartTimeoutException", 408, "Message"),
    RESOURCE_CONFLICT("ResourceConflictException", 409, "message"),
    SNAP_START_NOT_READY("SnapStartNotReadyException", 409, "Message"),
    PRECONDITION_FAILED("PreconditionFailedException", 412, "message"),
    REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLargeException", 413, "message"),
    TOO_MANY_REQUESTS("TooManyRequestsException", 429, "message"),
    SERVICE("ServiceException", 500, "Message"),
    /** An operation or option of Lambda that Kappa knows and has not built. Not an error of AWS's. */
    NOT_BUILT("NotImplementedException", 501, "Message"),
    RESOURCE_NOT_READY("ResourceNotReadyException", 502, "Message"),
    INVALID_RUNTIME("InvalidRuntimeException", 502, "Message"),
    INVALID_ZIP_FILE("InvalidZipFileException", 502, "Message"),
    KMS_NOT_FOUND("KMSNotFoundException", 502, "Message"),
    KMS_ACCESS_DENIED("KMSAccessDeniedException", 502, "Message"),
    SERVICE_UNAVAILABLE("ServiceUnavailableException", 503, "Message"),

    // Of Application Auto Scaling alone.
    OBJECT_NOT_FOUND("ObjectNotFoundException", 400, "Message"),
    LIMIT_EXCEEDED("LimitExceededException", 400, "Message"),
    CONCURRENT_UPDATE("ConcurrentUpdateException", 400, "Message"),
    INVALID_NEXT_TOKEN("InvalidNextTokenException", 400, "Message"),
    TOO_MANY_TAGS("TooManyTagsException", 400, "Message");

    private final String wireName;
    private final int status;
    private final String messageKey;

    ErrorCode(String wireName, int status, String messageKey) {
        this.wireName = wireName;
        this.status = status;
        this.messageKey = messageKey;
    }

    /** Whether the answer says whose fault it is. */
    public boolean hasType() {
        return this != VALIDATION && this != TOO_LITTLE_UNRESERVED;
    }

    public String wireName() {
        return wireName;
    }

    public int status() {
        return status;
    }

    /** {@code Message} or {@code message}: clients are case-sensitive about it. */
    public String messageKey() {
        return messageKey;
    }
}
