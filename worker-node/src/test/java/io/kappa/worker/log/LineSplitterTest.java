package io.kappa.worker.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void keepsAPartialLineUntilItsNewline() {
        splitter.add(utf8("one\ntw"));
        assertThat(lines).containsExactly("one");
        splitter.add(utf8("o\n\nthree\n"));
        assertThat(lines).containsExactly("one", "two", "", "three");
        splitter.end();
        assertThat(lines).hasSize(4);
    }

    @Test
    void handsOnAPartialLineAtTheEnd() {
        splitter.add(utf8("no newline"));
        splitter.end();
        splitter.end();
        assertThat(lines).containsExactly("no newline");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void doesNotDependOnHowTheOutputIsCutIntoPieces(long seed) {
        var expected = List.of("plain", "grüß dich", "漢字かな", "🙂🙃 and 🚀", "", "tab\there\rand return");
        var bytes = utf8(String.join("\n", expected) + "\n");
        var random = new Random(seed);
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(5));
            splitter.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        assertThat(lines).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ü", "漢", "🙂"})
    void cutsALineWithoutEndBetweenCharacters(String character) {
        var text = character.repeat(700_000 / utf8(character).length);
        var bytes = utf8("a" + text);
        for (int at = 0; at < bytes.length; at += 1000) {
            splitter.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1000)));
        }
        splitter.end();
        assertThat(String.join("", lines)).isEqualTo("a" + text);
        assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(utf8(line)).hasSizeLessThanOrEqualTo(256 * 1024));
    }

    @Test
    void showsBytesThatAreNotTextAsReplacements() {
        splitter.add(new byte[] {'a', (byte) 0xff, 'b', '\n'});
        assertThat(lines).containsExactly("a\uFFFDb");
    }
}
