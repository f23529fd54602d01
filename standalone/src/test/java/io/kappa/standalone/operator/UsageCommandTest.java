package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UsageCommandTest {
    private static final String SUM = """
            {"invocations": 3, "errors": 1, "coldStarts": 1, "billedMillis": 363, "gbSeconds": 0.181500,
             "averageMillis": 120.400, "longestMillis": 300.010, "cost": 0.000004}""";

    private final FakeApi api = new FakeApi();
    private final OperatorConsole console = new OperatorConsole(api.url());

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void showsEachDayOfEachFunctionAndTheSum() {
        api.answers("""
                {"days": [{"day": "2026-11-27", "function": "arn:aws:lambda:us-east-1:000000000000:function:ship",
                           "used": %1$s}], "total": %1$s}""".formatted(SUM));

        assertThat(console.run("usage", "--from", "2026-11-01", "--function", "ship"))
                .isZero();

        assertThat(api.requests())
                .containsExactly("GET /v1/usage?from=2026-11-01"
                        + "&function=arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aship");
        assertThat(console.out().lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
                .containsExactly(
                        "day | function | invocations | errors | cold | average | longest | billed | GB-s | cost",
                        "2026-11-27 | ship | 3 | 1 | 1 | 120.400 ms | 300.010 ms | 363 ms | 0.181500 | 0.000004",
                        "all | 3 | 1 | 1 | 120.400 ms | 300.010 ms | 363 ms | 0.181500 | 0.000004");
    }

    @Test
    void saysWhereNothingWasUsed() {
        api.answers("{\"days\": [], \"total\": {}}");

        assertThat(console.run("usage")).isZero();
        assertThat(console.out()).contains("Nothing was used.");
    }
}
