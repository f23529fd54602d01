package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
        var aws = new AwsCli(RunningPlatform.shared().endpoint(), directory);
        assumeTrue(AwsCli.onPath("python3"), "python3 is not installed");
        var readme = Files.readString(Path.of("").toAbsolutePath().resolveSibling("README.md"));
        var blocks = BLOCKS.matcher(readme);
        assertThat(blocks.find()).isTrue();
        var script = blocks.group(1)
                .replace(
                        "http://localhost:9000",
                        RunningPlatform.shared().endpoint().toString());

        var printed = aws.run(script);

        assertThat(shape(printed)).endsWith(shape(blocks.group(2)));
    }

    /** The text with what differs from run to run taken out: ids, versions and figures. */
    private static String shape(String text) {
        return text.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID")
                .replaceAll("\\d+(\\.\\d+)+|\\d+", "N")
                .replaceAll("[ \t]+\n", "\n")
                .strip();
    }
}
