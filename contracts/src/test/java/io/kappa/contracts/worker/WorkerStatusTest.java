package io.kappa.contracts.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.json.RecordCodec;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerStatusTest {
    private static final String V1 = """
            {"v":1,"worker":"w1","host":"127.0.0.1","port":4711,"memoryMegabytes":2048,"usedMegabytes":128,\
            "runtimes":["python3.13"],"sandbox":"process","draining":false}""";
    private static final WorkerStatus STATUS = new WorkerStatus(
            1, "w1", "127.0.0.1", 4711, 2048, 128, Set.of(RuntimeIdentifier.PYTHON3_13), "process", false);

    private final RecordCodec<WorkerStatus> codec = RecordCodec.of(WorkerStatus.class);

    @Test
    void statusesOfFormatOneAreReadAndWritten() {
        assertThat(codec.decode(V1.getBytes(UTF_8))).isEqualTo(STATUS);
        assertThat(codec.encode(STATUS)).asString(UTF_8).isEqualTo(V1);
    }

    @Test
    void membersOfANewerWriterAreIgnored() {
        assertThat(codec.decode(V1.replaceFirst("\\{", "{\"colour\":null,").getBytes(UTF_8)))
                .isEqualTo(STATUS);
    }
}
