package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;

/** Answers of the API, as tests expect them to the letter. */
final class Answers {

    static void assertAnswer(HttpResponse<String> response, int status, String body) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(body);
    }

    static void assertError(HttpResponse<String> response, int status, String type, String body) {
        assertAnswer(response, status, body);
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue(type);
    }

    static void assertInvalid(HttpResponse<String> response, String message) {
        assertError(
                response, 400, "InvalidParameterValueException", "{\"Type\":\"User\",\"message\":\"" + message + "\"}");
    }

    static void assertNotFound(HttpResponse<String> response, String message) {
        assertError(response, 404, "ResourceNotFoundException", "{\"Type\":\"User\",\"Message\":\"" + message + "\"}");
    }

    private Answers() {}
}
