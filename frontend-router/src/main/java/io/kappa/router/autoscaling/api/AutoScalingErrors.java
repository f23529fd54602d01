package io.kappa.router.autoscaling.api;

import io.kappa.router.api.operation.JsonProtocol;
import io.kappa.router.api.operation.RefusalAnswer;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;

/** Refusals as Application Auto Scaling writes them: the error's name in the body, and no status but 400 and 500. */
public final class AutoScalingErrors {
    public static RefusalAnswer answer(LambdaApiException refusal) {
        return JsonProtocol.refusal(refusal, name(refusal.code()), "Message");
    }

    /** Where the same error has another name than with Lambda. */
    private static String name(ErrorCode code) {
        return switch (code) {
            case SERVICE -> "InternalServiceException";
            case TOO_MANY_REQUESTS -> "ThrottlingException";
            case INVALID_REQUEST_CONTENT, REQUEST_ENTITY_TOO_LARGE -> ErrorCode.SERIALIZATION.wireName();
            default -> code.wireName();
        };
    }

    private AutoScalingErrors() {}
}
