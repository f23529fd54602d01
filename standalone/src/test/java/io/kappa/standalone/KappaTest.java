package io.kappa.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class KappaTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesEveryOptionWithItsDefault() {
        assertThat(run("start", "--help")).isZero();
        assertThat(out.toString())
                .contains("--demo", "--data", "--set", "~/.kappa/data")
                .contains("9000", "9001", "9092")
                .doesNotContain("--rehearse");
    }

    @Test
    void theVersionIsFilledInByTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).containsPattern("Kappa \\d+\\.\\d+").containsPattern("Kafka \\d+\\.\\d+");
    }

    @Test
    void aWrongArgumentIsRefusedInTwoLinesAndStatusTwo() {
        assertThat(run("start", "--prot", "9000")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "kappa: Unknown options: '--prot', '9000'", "'kappa start --help' says what there is.");
    }

    @Test
    void withoutACommandItSaysWhatThereIs() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("'kappa --help' says what there is.");
    }

    private int run(String... arguments) {
        return Kappa.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
