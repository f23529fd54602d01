package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first function works to the letter, typed into a shell with the real {@code aws} CLI. */
class ReadmeIT {
    private static final Pattern BLOCKS =
            Pattern.compile("<!-- tested by ReadmeIT -->\n```sh\n(.*?)```.*?```text\n(.*?)```", Pattern.DOTALL);

    @Test
    void theFirstFunctionAnswersAsTheReadmeShows(@TempDir Path directory) throws Exception {
        assumeTrue(onPath("aws"), "the aws CLI is not installed");
        assumeTrue(onPath("python3"), "python3 is not installed");
        var readme = Files.readString(Path.of("").toAbsolutePath().resolveSibling("README.md"));
        var blocks = BLOCKS.matcher(readme);
        assertThat(blocks.find()).isTrue();
        var script = blocks.group(1)
                .replace(
                        "http://localhost:9000",
                        RunningPlatform.shared().endpoint().toString());

        var process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(shape(printed)).endsWith(shape(blocks.group(2)));
    }

    /** The text with what differs from run to run taken out: ids, versions and figures. */
    private static String shape(String text) {
        return text.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID")
                .replaceAll("\\d+(\\.\\d+)+|\\d+", "N")
                .replaceAll("[ \t]+\n", "\n")
                .strip();
    }

    private static boolean onPath(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
