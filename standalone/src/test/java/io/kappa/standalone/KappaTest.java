package io.kappa.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KappaTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesEveryOptionWithItsDefault() {
        assertThat(run("start", "--help")).isZero();
        assertThat(out.toString())
                .contains("--demo", "--workers", "--data", "--set", "~/.kappa/data")
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

    @ParameterizedTest
    @ValueSource(strings = {"queue", "dead-letters", "mappings"})
    void helpOfAGroupNamesItsCommandsAndEachHasHelp(String group) {
        assertThat(run(group, "--help")).isZero();
        var commands = Optional.ofNullable(Kappa.commandLine().getSubcommands().get(group))
                .orElseThrow()
                .getSubcommands();
        assertThat(commands).hasSizeGreaterThan(4);
        assertThat(out.toString()).contains(commands.keySet());
        for (var command : commands.keySet()) {
            out.getBuffer().setLength(0);
            assertThat(run(group, command, "--help")).isZero();
            assertThat(out.toString())
                    .contains("Usage: kappa " + group + " " + command + " [OPTIONS]")
                    .contains("--management-url", "http://127.0.0.1:9001", "--output", "--by");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "dead-letters", "mappings"})
    void aGroupWithoutACommandSaysWhatThereIs(String group) {
        assertThat(run(group)).isEqualTo(2);
        assertThat(err.toString()).contains("'kappa " + group + " --help' says what there is.");
    }

    private int run(String... arguments) {
        return Kappa.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
