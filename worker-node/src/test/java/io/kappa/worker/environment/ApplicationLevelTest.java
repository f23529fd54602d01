package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.LoggingConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationLevelTest {

    private static ApplicationLevel json(@Nullable String level) {
        return ApplicationLevel.of(new LoggingConfiguration("JSON", level, "INFO", "/aws/lambda/f"));
    }

    @ParameterizedTest
    @CsvSource({
        "TRACE, TRACE, true",
        "DEBUG, TRACE, false",
        "INFO, DEBUG, false",
        "INFO, INFO, true",
        "WARN, INFO, false",
        "WARN, WARN, true",
        "WARN, WARNING, true",
        "ERROR, WARN, false",
        "ERROR, error, true",
        "FATAL, ERROR, false",
        "FATAL, CRITICAL, true",
        "INFO, LOUD, true",
        "WARN, LOUD, false",
    })
    void linesBelowTheLevelAreLeftOut(String least, String level, boolean counts) {
        assertThat(json(least).counts("{\"timestamp\":\"t\",\"level\":\"" + level + "\",\"message\":\"m\"}"))
                .isEqualTo(counts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"message\":\"m\"}",
                "{\"level\":4}",
                "{\"level\":null}",
                "{\"inner\":{\"level\":\"ERROR\"}}",
            })
    void anObjectWithoutALevelIsInformation(String line) {
        assertThat(json("INFO").counts(line)).isTrue();
        assertThat(json("WARN").counts(line)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"level\"",
                "[{\"level\":\"DEBUG\"}]",
                "{\"level\":\"DEBUG\"",
                "{\"level\":\"DEBUG\"} and more",
                "{level}",
            })
    void whatIsNoObjectIsNeverLeftOut(String line) {
        assertThat(json("FATAL").counts(line)).isTrue();
    }

    @Test
    void informationIsTheLevelUnlessItIsSet() {
        assertThat(json(null).counts("{\"level\":\"DEBUG\"}")).isFalse();
        assertThat(json(null).counts("{\"level\":\"INFO\"}")).isTrue();
    }

    @Test
    void nothingOfTextIsLeftOut() {
        var text = ApplicationLevel.of(new LoggingConfiguration("Text", null, null, "/aws/lambda/f"));

        assertThat(text.leavesOut()).isFalse();
        assertThat(text.counts("{\"level\":\"TRACE\"}")).isTrue();
    }
}
