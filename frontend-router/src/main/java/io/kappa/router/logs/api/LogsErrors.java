package io.kappa.router.logs.api;

import io.kappa.router.api.operation.JsonProtocol;
import io.kappa.router.api.operation.RefusalAnswer;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;

/** Refusals as CloudWatch Logs writes them: the error's name in the body, and 400 for whatever is the caller's fault. */
public final class LogsErrors {
    public static RefusalAnswer answer(LambdaApiException refusal) {
        return JsonProtocol.refusal(refusal, name(refusal.code()), "message");
    }

    /** Where the same error has another name than with Lambda. */
    private static String name(ErrorCode code) {
        return switch (code) {
            case SERVICE -> "InternalFailure";
            case TOO_MANY_REQUESTS -> "ThrottlingException";
            case VALIDATION, INVALID_PARAMETER_VALUE -> "InvalidParameterException";
            case INVALID_REQUEST_CONTENT, REQUEST_ENTITY_TOO_LARGE -> ErrorCode.SERIALIZATION.wireName();
            default -> code.wireName();
        };
    }

    private LogsErrors() {}
}
