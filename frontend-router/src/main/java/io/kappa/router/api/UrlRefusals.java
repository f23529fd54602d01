package io.kappa.router.api;

import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.RefusalAnswer;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;

/** Refusals as function URLs write them: callers of a URL are told less than callers of the API. */
final class UrlRefusals {
    private static final Buffer FAILED = Buffer.buffer("Internal Server Error");
    private static final String FORBIDDEN = "Forbidden. For troubleshooting Function URL authorization issues, see: "
            + "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

    static LambdaApiException forbidden() {
        return new LambdaApiException(ErrorCode.ACCESS_DENIED, FORBIDDEN);
    }

    static LambdaApiException unknownUrl() {
        return new LambdaApiException(ErrorCode.ACCESS_DENIED, "");
    }

    /** The function has failed, or given what no response can be. */
    static LambdaApiException failed(String why) {
        return new LambdaApiException(ErrorCode.SERVICE, why);
    }

    static RefusalAnswer answer(LambdaApiException refusal) {
        return switch (refusal.code()) {
            case ACCESS_DENIED -> new RefusalAnswer(refusal.code().wireName(), message(refusal.message()));
            case RESOURCE_NOT_FOUND -> answer(forbidden()); // The function, its version or its alias is gone.
            case TOO_MANY_REQUESTS, REQUEST_ENTITY_TOO_LARGE, SERVICE_UNAVAILABLE ->
                new RefusalAnswer(refusal.code().wireName(), ErrorAnswer.of(refusal));
            default -> new RefusalAnswer(refusal.code().wireName(), new ApiAnswer(502, "application/json", FAILED));
        };
    }

    private static ApiAnswer message(String message) {
        return ApiAnswer.json(403, json -> {
            json.writeStartObject();
            json.writeFieldName("Message");
            if (message.isEmpty()) {
                json.writeNull();
            } else {
                json.writeString(message);
            }
            json.writeEndObject();
        });
    }

    private UrlRefusals() {}
}
