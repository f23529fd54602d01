package io.kappa.router.autoscaling.api;

import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.RefusalAnswer;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;

/** Refusals as Application Auto Scaling writes them: the error's name in the body, and no status but 400 and 500. */
public final class AutoScalingErrors {
    private static final int FIRST_OF_SERVICE = 500;

    public static RefusalAnswer answer(LambdaApiException refusal) {
        var name = name(refusal.code());
        int status = refusal.code().status();
        var answer = ApiAnswer.json(status < FIRST_OF_SERVICE ? 400 : status, json -> {
            json.writeStartObject();
            json.writeStringField("__type", name);
            json.writeStringField("Message", refusal.message());
            json.writeEndObject();
        });
        return new RefusalAnswer(name, AutoScalingApi.ofProtocol(answer));
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
