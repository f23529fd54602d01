package io.kappa.router.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationTableTest {

    @Test
    void knowsEveryOperationOfTheLambdaApi() {
        assertThat(Operation.values()).hasSize(85);
        assertThat(Operation.values()).extracting(Operation::wireName).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void findsEachOperationByItsOwnPath(Operation operation) {
        var path = operation.segments().stream()
                .map(segment -> segment.startsWith("{") ? "value" : segment)
                .collect(Collectors.joining("/", "/", ""));
        assertThat(OperationTable.match(operation.method(), path, operation.query()))
                .hasValueSatisfying(match -> {
                    assertThat(match.operation()).isEqualTo(operation);
                    assertThat(match.parameters().values()).allMatch("value"::equals);
                });
    }

    @Test
    void readsPercentEncodedArnsFromThePath() {
        assertThat(OperationTable.match(
                        "GET",
                        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af",
                        null))
                .hasValue(new OperationTable.Match(
                        Operation.GET_FUNCTION,
                        Map.of("FunctionName", "arn:aws:lambda:us-east-1:000000000000:function:f")));
    }

    @Test
    void keepsAnEncodedSlashWithinItsPart() {
        assertThat(OperationTable.match("GET", "/2025-12-01/durable-executions/a%2Fb/history", null))
                .hasValue(new OperationTable.Match(
                        Operation.GET_DURABLE_EXECUTION_HISTORY, Map.of("DurableExecutionArn", "a/b")));
    }

    @Test
    void keepsAPlusSignAsItIs() {
        assertThat(OperationTable.match("GET", "/2017-03-31/tags/a+b%20c", null))
                .hasValue(new OperationTable.Match(Operation.LIST_TAGS, Map.of("Resource", "a+b c")));
    }

    @Test
    void ignoresATrailingSlash() {
        assertThat(OperationTable.match("POST", "/2014-11-13/functions/f/invoke-async/", null))
                .hasValueSatisfying(match -> assertThat(match.operation()).isEqualTo(Operation.INVOKE_ASYNC));
        assertThat(OperationTable.match("GET", "/2015-03-31/functions/", null))
                .hasValueSatisfying(match -> assertThat(match.operation()).isEqualTo(Operation.LIST_FUNCTIONS));
    }

    @Test
    void tellsOperationsOfOnePathApartByTheQuery() {
        assertThat(OperationTable.match("GET", "/2018-10-31/layers", "find=LayerVersion&Arn=x"))
                .hasValueSatisfying(
                        match -> assertThat(match.operation()).isEqualTo(Operation.GET_LAYER_VERSION_BY_ARN));
        assertThat(OperationTable.match("GET", "/2018-10-31/layers", "Marker=find=LayerVersion2"))
                .hasValueSatisfying(match -> assertThat(match.operation()).isEqualTo(Operation.LIST_LAYERS));
    }

    @Test
    void findsNothingWhereLambdaHasNothing() {
        assertThat(OperationTable.match("GET", "/", null)).isEmpty();
        assertThat(OperationTable.match("GET", "/2015-03-31/functions/f/unknown", null))
                .isEmpty();
        assertThat(OperationTable.match("PATCH", "/2015-03-31/functions/f", null))
                .isEmpty();
        assertThat(OperationTable.match("POST", "/2015-03-31/functions//invocations", null))
                .isEmpty();
        assertThat(OperationTable.match("POST", "/2015-03-31/functions/f/invocations/more", null))
                .isEmpty();
        assertThat(OperationTable.match("GET", "", null)).isEmpty();
    }
}
