package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class ReservedConcurrencyApiTest extends FunctionApi {
    private static final String CHANGED = "/2017-10-31/functions/";
    private static final String READ = "/2019-09-30/functions/";

    private HttpResponse<String> reserve(String name, String executions) {
        return api.put(CHANGED + name + "/concurrency", "{\"ReservedConcurrentExecutions\":" + executions + "}");
    }

    @Test
    void whatIsReservedIsAnsweredAndShown() {
        assertAnswer(reserve("f", "7"), 200, "{\"ReservedConcurrentExecutions\":7}");
        assertAnswer(api.get(READ + "f/concurrency"), 200, "{\"ReservedConcurrentExecutions\":7}");
        assertThat(api.get(RunningApi.FUNCTIONS + "/f").body())
                .endsWith(",\"Concurrency\":{\"ReservedConcurrentExecutions\":7}}");
        assertThat(api.get("/2016-08-19/account-settings").body())
                .contains("\"ConcurrentExecutions\":1000,\"UnreservedConcurrentExecutions\":993");
    }

    @Test
    void withoutAReservationNothingIsShown() {
        assertAnswer(api.get(READ + "f/concurrency"), 200, "{}");
        assertThat(api.get(RunningApi.FUNCTIONS + "/f").body()).doesNotContain("Concurrency");
        assertThat(api.get("/2016-08-19/account-settings").body()).contains("\"UnreservedConcurrentExecutions\":1000");
    }

    @Test
    void aDeletedReservationIsGone() {
        reserve("f", "0");
        assertAnswer(api.delete(CHANGED + "f/concurrency"), 204, "");
        assertAnswer(api.get(READ + "f/concurrency"), 200, "{}");
    }

    @Test
    void versionsHaveNoReservations() {
        var message =
                "{\"Type\":\"User\",\"message\":\"This operation is permitted on Lambda functions only. Aliases and versions "
                        + "do not support this operation. Please specify either a function name or an unqualified function ARN.\"}";
        assertAnswer(reserve("f:1", "7"), 400, message);
        assertAnswer(api.get(READ + "f:1/concurrency"), 400, message);
        assertAnswer(api.delete(CHANGED + "f:1/concurrency"), 400, message);
    }

    @Test
    void theServiceModelAsksForANumberThatIsNotNegative() {
        assertAnswer(
                reserve("f", "-1"),
                400,
                "{\"message\":\"1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy "
                        + "constraint: Member must have value greater than or equal to 0\"}");
        assertAnswer(
                api.put(CHANGED + "f/concurrency", "{}"),
                400,
                "{\"message\":\"1 validation error detected: Value null at 'reservedConcurrentExecutions' failed to satisfy "
                        + "constraint: Member must not be null\"}");
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        assertThat(api.get(READ + "nope/concurrency").body()).contains("Function not found: " + ARN + "nope\"");
        assertThat(api.delete(CHANGED + "nope/concurrency").statusCode()).isEqualTo(404);
    }

    @Test
    void tooLittleLeftForOthersIsRefusedWithoutAType() {
        api.registry.refuseReservations();
        var response = reserve("f", "901");
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("InvalidParameterValueException");
        assertAnswer(response, 400, "{\"message\":\"too little\"}");
    }
}
