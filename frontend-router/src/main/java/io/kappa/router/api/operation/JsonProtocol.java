package io.kappa.router.api.operation;

import io.kappa.router.refusal.LambdaApiException;

/**
 * AWS's JSON 1.1: all operations have one path and are named by the header {@code X-Amz-Target}; a refusal has the error's name in its body,
 * and status 400 for whatever is the caller's fault.
 */
public final class JsonProtocol {
    private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
    private static final int FIRST_OF_SERVICE = 500;

    public static ApiAnswer answer(ApiAnswer answer) {
        return new ApiAnswer(answer.status(), CONTENT_TYPE, answer.body());
    }

    /**
     * A refusal.
     *
     * @param name of the error with the service that is asked
     * @param messageKey {@code message} or {@code Message}
     */
    public static RefusalAnswer refusal(LambdaApiException refusal, String name, String messageKey) {
        int status = refusal.code().status();
        var answer = ApiAnswer.json(status < FIRST_OF_SERVICE ? 400 : status, json -> {
            json.writeStartObject();
            json.writeStringField("__type", name);
            json.writeStringField(messageKey, refusal.message());
            json.writeEndObject();
        });
        return new RefusalAnswer(name, answer(answer));
    }

    private JsonProtocol() {}
}
