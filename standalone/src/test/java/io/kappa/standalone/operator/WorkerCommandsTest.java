package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerCommandsTest {
    private static final String WORKER = """
            {"name": "%s", "host": "10.0.0.7", "port": 7000, "sandbox": "oci", "runtimes": ["python3.13"],
             "memoryMegabytes": 4096, "usedMegabytes": 512, "draining": %b, "present": %b,
             "heard": "2026-01-31T11:59:57Z", "runningHere": 2, "environments": [%s]}""";
    private static final String ENVIRONMENTS = """
            {"function": "arn:aws:lambda:us-east-1:000000000000:function:ship:3", "generation": 8, "living": 3,
             "provisioned": 2, "problem": "no memory left"},
            {"function": "arn:aws:lambda:us-east-1:000000000000:function:ship:$LATEST", "generation": 9, "living": 1,
             "provisioned": 0}""";

    private final FakeApi api = new FakeApi();
    private final OperatorConsole console = new OperatorConsole(api.url());

    @BeforeEach
    void threeWorkers() {
        api.answers("{\"workers\": ["
                + WORKER.formatted("blue-1", false, true, ENVIRONMENTS)
                + ","
                + WORKER.formatted("blue-2", true, true, "")
                + ","
                + WORKER.formatted("blue", false, false, "")
                + "]}");
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void listShowsHowFullEachIsAndWhetherItTakesWork() {
        // when
        assertThat(console.run("workers", "list")).isZero();
        // then
        assertThat(api.requests()).containsExactly("GET /v1/workers");
        assertThat(console.out().lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
                .containsExactly(
                        "worker | address | sandbox | memory | environments | provisioned | state | heard",
                        "blue-1 | 10.0.0.7:7000 | oci | 512 of 4096 MB | 4 | 2 | takes work | 3s",
                        "blue-2 | 10.0.0.7:7000 | oci | 512 of 4096 MB | 0 | 0 | draining | 3s",
                        "blue | 10.0.0.7:7000 | oci | 512 of 4096 MB | 0 | 0 | silent | 3s");
    }

    @Test
    void showTellsItsEnvironmentsVersionByVersion() {
        // when
        assertThat(console.run("workers", "show", "blue-1")).isZero();
        // then
        assertThat(console.out().lines().map(line -> line.strip().replaceAll(" {2,}", " | ")))
                .contains(
                        "state | takes work",
                        "running from here | 2",
                        "function | deployment | living | provisioned | problem",
                        "ship:3 | 8 | 3 | 2 | no memory left",
                        "ship:$LATEST | 9 | 1 | 0 | -");
    }

    @Test
    void aWholeNameIsEnoughThoughOthersBeginWithIt() {
        assertThat(console.run("workers", "show", "blue")).isZero();
        assertThat(console.out()).contains("silent", "It has no environments.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            blue- | 2 workers begin with blue-: blue-1, blue-2
            red   | the router knows no worker whose name begins with red
            """)
    void aBeginningThatNamesNoneOrSeveralIsRefused(String beginning, String why) {
        assertThat(console.run("workers", "show", beginning)).isEqualTo(1);
        assertThat(console.err().lines()).containsExactly("kappa: " + why);
    }
}
