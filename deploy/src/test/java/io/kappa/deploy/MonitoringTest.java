package io.kappa.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards, alerts and triggers ask for what the services tell, and lead whoever is woken to what to do. */
class MonitoringTest {
    private static final Path RULES = Repository.CHART.resolve("files/rules.yaml");
    private static final Path RULES_TEST = Path.of("src/test/resources/io/kappa/deploy/rules-test.yaml");
    private static final Pattern METRIC = Pattern.compile("\\bkappa_[a-z_]+");
    private static final Pattern OTHER_METRIC = Pattern.compile("\\b(?:jvm|process|system)_[a-z_]+");
    private static final Pattern UNIT =
            Pattern.compile("(?:_seconds|_bytes|_megabytes)?(?:_total|_count|_sum|_max|_bucket)?");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /** What ProcessMetrics of the service kit registers, by Micrometer's names, as far as it is asked for here. */
    private static final Set<String> PROCESS_METRICS = Set.of(
            "jvm_memory_used_bytes",
            "jvm_memory_max_bytes",
            "process_cpu_usage",
            "process_files_open_files",
            "process_files_max_files");

    @TempDir
    private Path directory;

    private static Stream<Path> dashboards() {
        return Repository.files(Repository.CHART.resolve("dashboards"), ".json").stream();
    }

    private static JsonNode dashboard(Path file) throws IOException {
        return new ObjectMapper().readTree(Files.readString(file));
    }

    private static List<String> expressions() throws IOException {
        var expressions = new ArrayList<String>();
        for (var file : dashboards().toList()) {
            dashboard(file).findValues("expr").forEach(expression -> expressions.add(expression.asText()));
            dashboard(file)
                    .findValues("query")
                    .forEach(query -> expressions.add(query.path("query").asText()));
        }
        Rendered.YAML
                .readTree(Files.readString(RULES))
                .findValues("expr")
                .forEach(expression -> expressions.add(expression.asText()));
        Rendered.ofExample("keda")
                .kind("ScaledObject")
                .flatMap(scaler -> scaler.findValues("valueLocation").stream())
                .forEach(location -> expressions.add(location.asText()));
        return expressions;
    }

    @Test
    void everyMetricThatIsAskedForIsOneThatAServiceRegisters() throws IOException {
        var meters = Repository.meters();
        var metrics = expressions().stream()
                .flatMap(expression -> METRIC.matcher(expression).results().map(match -> match.group()))
                .distinct()
                .toList();
        assertThat(metrics)
                .hasSizeGreaterThan(50)
                .allMatch(metric -> meters.stream()
                        .anyMatch(meter -> metric.startsWith(meter)
                                && UNIT.matcher(metric.substring(meter.length()))
                                        .matches()));
        assertThat(expressions().stream()
                        .flatMap(expression ->
                                OTHER_METRIC.matcher(expression).results().map(match -> match.group())))
                .isNotEmpty()
                .allMatch(PROCESS_METRICS::contains);
    }

    @Test
    void everyAlertLeadsToItsPartOfTheRunbook() throws IOException {
        var anchors = HEADING.matcher(Repository.read(Repository.ROOT.resolve("docs/operating.md")))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .toList();
        var alerts = Rendered.YAML.readTree(Files.readString(RULES)).findParents("alert");
        assertThat(alerts).hasSizeGreaterThan(15).allSatisfy(alert -> {
            var runbook = alert.at("/annotations/runbook_url").asText();
            assertThat(runbook).startsWith("docs/operating.md#");
            assertThat(anchors).contains(runbook.substring(runbook.indexOf('#') + 1));
            assertThat(runbook).endsWith("#" + alert.path("alert").asText().toLowerCase(Locale.ROOT));
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asText()).isNotEmpty();
        });
    }

    @Test
    void theChartShipsEveryRuleWithTheWholeAddressOfItsRunbook() throws IOException {
        var shipped = Rendered.ofExample("production").one("PrometheusRule", "kappa");
        var rules = Rendered.YAML.readTree(Files.readString(RULES));
        assertThat(shipped.findValuesAsText("alert")).isEqualTo(rules.findValuesAsText("alert"));
        assertThat(shipped.findValuesAsText("runbook_url")).isNotEmpty().allMatch(url -> url.startsWith("https://"));
        assertThat(shipped.findValuesAsText("expr")).isEqualTo(rules.findValuesAsText("expr"));
    }

    @Test
    void everyDashboardIsShippedAndHasAPlaceOfItsOwnForEachPanel() throws IOException {
        var rendered = Rendered.ofExample("production");
        for (var file : dashboards().toList()) {
            var dashboard = dashboard(file);
            var name = String.valueOf(file.getFileName());
            assertThat(dashboard.path("uid").asText()).isEqualTo("kappa-" + name.replace(".json", ""));
            assertThat(Rendered.elements(dashboard.path("panels"))
                            .map(panel -> panel.path("id").asInt()))
                    .doesNotHaveDuplicates();
            assertThat(Rendered.elements(dashboard.path("panels"))
                            .map(panel -> panel.path("gridPos").toString()))
                    .doesNotHaveDuplicates();
            var shipped = rendered.one("ConfigMap", "kappa-dashboard-" + name.replace(".json", ""));
            assertThat(new ObjectMapper()
                            .readTree(shipped.path("data").path("kappa-" + name).asText()))
                    .isEqualTo(dashboard);
        }
    }

    @Test
    void alertsSpeakUpWhenTheyShouldAndNotBefore() throws Exception {
        var promtool = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(part -> Path.of(part, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(promtool.isPresent(), "promtool, which comes with Prometheus, is not installed");
        Files.copy(RULES, directory.resolve("rules.yaml"));
        Files.copy(RULES_TEST, directory.resolve("rules-test.yaml"));
        var process = new ProcessBuilder(promtool.orElseThrow().toString(), "test", "rules", "rules-test.yaml")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
