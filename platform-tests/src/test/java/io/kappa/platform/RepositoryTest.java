package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.AsyncQueueServiceSettings;
import io.kappa.contracts.topic.Topic;
import io.kappa.deadletters.DeadLetterServiceSettings;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.EventSourceMapperSettings;
import io.kappa.router.FrontendRouterSettings;
import io.kappa.router.api.operation.Operation;
import io.kappa.worker.WorkerNodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation says is true of the code: links resolve, tables match, named tests exist. */
class RepositoryTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+(?:IT|Test))`");

    private static List<Path> files(String suffix) throws IOException {
        try (var paths = Files.walk(ROOT)) {
            return paths.filter(path -> path.toString().endsWith(suffix))
                    .filter(path -> Stream.of("target", ".git", ".kappa", "node_modules")
                            .noneMatch(left -> ROOT.relativize(path).startsWith(left)
                                    || ROOT.relativize(path).toString().contains("/" + left + "/")))
                    .toList();
        }
    }

    private static String read(String path) throws IOException {
        return Files.readString(ROOT.resolve(path));
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() throws IOException {
        var broken = new ArrayList<String>();
        for (var page : files(".md")) {
            LINK.matcher(Files.readString(page))
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> !link.contains("://") && !link.startsWith("mailto:"))
                    .filter(link -> !Files.exists(page.resolveSibling(link)))
                    .forEach(link -> broken.add(ROOT.relativize(page) + " -> " + link));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theTopicsPageListsEveryTopicAsItIsMade() throws IOException {
        var page = read("docs/topics.md");
        for (var topic : Topic.values()) {
            var time = topic.kept().time().isZero() ? "" : topic.kept().time().toHours() + " h";
            var kept = Stream.of(topic.kept().compacted() ? "compacted" : "", time)
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(", "));
            assertThat(page)
                    .contains("| `" + topic.suffix() + "` | " + topic.key() + " | " + topic.partitions() + " | " + kept
                            + " | " + topic.says() + " |");
        }
    }

    @Test
    void theCompatibilityPageSpeaksOfEveryOperation() throws IOException {
        var page = read("docs/compatibility.md");
        var missing = Arrays.stream(Operation.values())
                .map(Operation::wireName)
                .filter(name -> !page.contains("| " + name + " |"))
                .toList();
        assertThat(missing).isEmpty();
    }

    @Test
    void theConfigurationPageListsEverySetting() throws IOException {
        var settings = new Settings(Map.of());
        var _ = KafkaSettings.from(settings);
        var _ = FrontendRouterSettings.from(settings);
        var _ = WorkerNodeSettings.from(settings);
        var _ = AsyncQueueServiceSettings.from(settings);
        var _ = EventSourceMapperSettings.from(settings);
        var _ = DeadLetterServiceSettings.from(settings);
        var _ = ManagementSettings.from(settings);
        var page = read("docs/configuration.md");

        assertThat(settings.effective().keySet())
                .allSatisfy(key -> assertThat(page).contains("| `" + key + "` |"));
    }

    @Test
    void everyTestThatADocumentNamesExists() throws IOException {
        var classes = files(".java").stream()
                .map(path -> path.getFileName().toString().replace(".java", ""))
                .toList();
        var missing = new ArrayList<String>();
        for (var page : files(".md")) {
            TEST.matcher(Files.readString(page))
                    .results()
                    .map((MatchResult test) -> test.group(1))
                    .filter(test -> !classes.contains(test))
                    .forEach(test -> missing.add(ROOT.relativize(page) + " names " + test));
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void noTestSleeps() throws IOException {
        var sleeping = new ArrayList<Path>();
        var word = "Thread." + "sleep";
        for (var source : files(".java")) {
            if (source.toString().contains("/src/test/")
                    && Files.readString(source).contains(word)) {
                sleeping.add(source);
            }
        }
        assertThat(sleeping).isEmpty();
    }
}
