package io.kappa.worker.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTailTest {

    @Test
    void keepsEverythingWhileThatIsLittle() {
        var tail = new LogTail();
        tail.append("START\n");
        tail.append("grüß dich\n");
        assertThat(new String(tail.bytes(), StandardCharsets.UTF_8)).isEqualTo("START\ngrüß dich\n");
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(new LogTail().bytes()).isEmpty();
    }

    @Test
    void cutsInsideACharacterRatherThanKeepMoreOrLess() {
        var tail = new LogTail();
        tail.append("x" + "ü".repeat(2048) + "y");
        assertThat(tail.bytes()).hasSize(4096).endsWith((byte) 'y').startsWith((byte) 0xBC);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsTheLast4096BytesOfWhateverWasAppended(long seed) {
        var random = new Random(seed);
        var tail = new LogTail();
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
            var piece = new byte[random.nextInt(random.nextBoolean() ? 100 : 10_000)];
            random.nextBytes(piece);
            tail.append(piece);
            all.writeBytes(piece);
            var bytes = all.toByteArray();
            assertThat(tail.bytes())
                    .isEqualTo(Arrays.copyOfRange(bytes, Math.max(0, bytes.length - 4096), bytes.length));
        }
    }
}
