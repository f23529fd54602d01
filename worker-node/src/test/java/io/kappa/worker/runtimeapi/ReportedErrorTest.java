package io.kappa.worker.runtimeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportedErrorTest {

    @ParameterizedTest
    @CsvSource({
        "Runtime.ImportModuleError, Runtime.ImportModuleError",
        "Function.Boom, Function.Boom",
        "my.error, Function.Unknown",
        "ValueError, Function.Unknown",
        "Function.boom, Function.Unknown",
        "Runtime.Exit1, Runtime.Unknown",
        "Runtime., Runtime.Unknown",
        "'', Function.Unknown",
        ", Function.Unknown",
    })
    void recordsAnErrorTypeOnlyWhereItIsWellFormed(String header, String recorded) {
        assertThat(ReportedError.of(header, Buffer.buffer()).type()).isEqualTo(recorded);
    }
}
