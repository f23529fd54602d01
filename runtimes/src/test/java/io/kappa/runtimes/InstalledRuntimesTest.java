package io.kappa.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InstalledRuntimesTest {

    private static InterpreterVersion version(String text) {
        return InterpreterVersion.in(text).orElseThrow();
    }

    private static List<Interpreter> installed(String... versions) {
        return Arrays.stream(versions)
                .map(text -> new Interpreter(Path.of("/bin/x"), version(text), List.of(), Map.of()))
                .toList();
    }

    private static String chosen(List<Interpreter> installed, String wanted) {
        return InstalledRuntimes.choose(installed, version(wanted))
                .orElseThrow()
                .version()
                .toString();
    }

    @Test
    void takesTheVeryVersionWhereItIsInstalled() {
        assertThat(chosen(installed("3.13.0", "3.12.1", "3.11.7"), "python3.12"))
                .isEqualTo("3.12.1");
        assertThat(chosen(installed("22.1.0", "20.20.2"), "nodejs20.x")).isEqualTo("20.20.2");
        assertThat(chosen(installed("25.0.3", "8.0.402"), "java8.al2")).isEqualTo("8.0.402");
    }

    @Test
    void takesTheFirstOfSeveralOfOneVersion() {
        assertThat(chosen(installed("3.11.2", "3.11.7"), "python3.11")).isEqualTo("3.11.2");
    }

    @Test
    void elseTakesTheNextNewerVersion() {
        assertThat(chosen(installed("25.0.3", "17.0.15", "8.0.1"), "java11")).isEqualTo("17.0.15");
    }

    @Test
    void elseTakesTheNewest() {
        assertThat(chosen(installed("3.9.1", "3.11.7", "3.10.2"), "python3.14")).isEqualTo("3.11.7");
    }

    @Test
    void choosesNothingWhereNothingIsInstalled() {
        assertThat(InstalledRuntimes.choose(List.of(), version("python3.14"))).isEmpty();
    }

    @Test
    void speaksLambdasLocaleWhereTheMachineHasIt() {
        assertThat(Variables.locale(List.of("C", "C.utf8", "en_US.utf8"))).isEqualTo("en_US.UTF-8");
        assertThat(Variables.locale(List.of("C", "C.utf8"))).isEqualTo("C.UTF-8");
    }
}
