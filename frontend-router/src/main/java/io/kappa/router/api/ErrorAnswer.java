package io.kappa.router.api;

import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.refusal.LambdaApiException;

/** A refusal as Lambda writes it. Which members it has, and how they are spelled, differs from error to error. */
final class ErrorAnswer {

    static ApiAnswer of(LambdaApiException refusal) {
        var code = refusal.code();
        return ApiAnswer.json(code.status(), json -> {
            json.writeStartObject();
            if (refusal.reason() != null) {
                json.writeStringField("Reason", refusal.reason());
            }
            if (code.hasType()) {
                json.writeStringField("Type", code.status() < 500 ? "User" : "Service");
            }
            json.writeStringField(code.messageKey(), refusal.message());
            json.writeEndObject();
        });
    }

    private ErrorAnswer() {}
}
