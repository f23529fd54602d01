package io.kappa.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What Kappa's own clients of the Runtime API do, in whatever language. Java's is AWS's, and goes another way after some failures. */
abstract class ClientContract {

    /** A function that returns its event. */
    abstract FunctionProcess echo() throws Exception;

    /** A function that returns nothing. */
    abstract FunctionProcess silent() throws Exception;

    @Test
    void carriesSixMegabytesInAndOut() throws Exception {
        var payload = "\"" + "x".repeat(6 * 1024 * 1024 - 2) + "\"";
        try (var function = echo().start()) {
            assertThat(function.invoke(payload).body()).isEqualTo(payload);
        }
    }

    @Test
    void readsEventsThatComeInChunks() throws Exception {
        try (var function = echo().start()) {
            function.api().sendEventsInChunks();
            assertThat(function.result("{\"a\":1}")).hasToString("{\"a\":1}");
            assertThat(function.result("{\"a\":2}")).hasToString("{\"a\":2}");
        }
    }

    @Test
    void goesOnAfterTheResponseWasTooLarge() throws Exception {
        try (var function = echo().start()) {
            function.api().answerPostsWith("413 Request Entity Too Large");
            function.invoke("1");
            assertThat(function.invoke("2").body()).isEqualTo("2");
        }
    }

    @Test
    void answersNullWhereTheHandlerReturnsNothing() throws Exception {
        try (var function = silent().start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("null");
        }
    }
}
