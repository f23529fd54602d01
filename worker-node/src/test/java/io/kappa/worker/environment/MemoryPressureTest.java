package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.environment.MachineMemory.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPressureTest {
    @TempDir
    private Path proc;

    @ParameterizedTest
    @CsvSource({
        "256, 0, false",
        "255, 0, true",
        "255, 100, true",
        "1023, 9.99, false",
        "1023, 10, true",
        "1024, 100, false",
    })
    void isHighWhereLittleIsLeftAndEarlierWhereProcessesWaitForMemory(long available, double stalled, boolean high) {
        assertThat(new MemoryPressureSettings(256, 10).isHigh(new Reading(available, stalled)))
                .isEqualTo(high);
    }

    @Test
    void isNeverHighWhereItIsNotToCount() {
        assertThat(new MemoryPressureSettings(0, 1).isHigh(new Reading(0, 100))).isFalse();
    }

    @Test
    void readsWhatLinuxTells() throws IOException {
        Files.writeString(proc.resolve("meminfo"), """
                MemTotal:       24683512 kB
                MemFree:        23937024 kB
                MemAvailable:   24182784 kB
                Buffers:            4096 kB
                """);
        Files.writeString(Files.createDirectory(proc.resolve("pressure")).resolve("memory"), """
                some avg10=12.34 avg60=5.00 avg300=1.00 total=884093
                full avg10=1.00 avg60=0.00 avg300=0.00 total=538226
                """);

        assertThat(new LinuxMemory(proc).read()).isEqualTo(new Reading(23_616, 12.34));
    }

    @Test
    void goesByWhatIsAvailableWhereTheKernelKeepsNoFiguresOfPressure() throws IOException {
        Files.writeString(proc.resolve("meminfo"), "MemAvailable:   1024 kB\n");

        assertThat(new LinuxMemory(proc).read()).isEqualTo(new Reading(1, 0));
    }

    @Test
    void isNotHighWhereNothingIsTold() {
        var reading = new LinuxMemory(proc).read();

        assertThat(new MemoryPressureSettings(Integer.MAX_VALUE, 1).isHigh(reading))
                .isFalse();
    }

    @Test
    void readsThisMachine() {
        assertThat(new LinuxMemory(Path.of("/proc")).read().availableMegabytes())
                .isBetween(1L, 100_000_000L);
    }
}
