package io.kappa.deploy;

import static io.kappa.deploy.Rendered.container;
import static io.kappa.deploy.Rendered.elements;
import static io.kappa.deploy.Rendered.name;
import static io.kappa.deploy.Rendered.pod;
import static io.kappa.deploy.Rendered.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.contracts.topic.Topic;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is promised of an installation by the chart, whatever the values are. */
class ChartClaimsTest {
    private static final int LONGEST_INVOCATION_SECONDS = 900;

    /** Made once: no test changes them. */
    private static final List<Rendered> RENDERINGS = Stream.concat(
                    Stream.of(Rendered.ofDefaults()), Rendered.examples().map(Rendered::ofExample))
            .toList();

    @TempDir
    private Path directory;

    static List<Rendered> renderings() {
        return RENDERINGS;
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everySettingIsOneThatTheServicesKnow(Rendered rendered) throws IOException {
        for (var map : rendered.kind("ConfigMap")
                .filter(map -> map.at("/data").has("settings.properties"))
                .toList()) {
            var properties = new Properties();
            properties.load(new StringReader(map.at("/data/settings.properties").asText()));
            assertThat(properties.stringPropertyNames()).isNotEmpty().allMatch(Repository::isSetting);
        }
        assertThat(rendered.workloads())
                .allSatisfy(workload -> assertThat(settings(workload))
                        .isNotEmpty()
                        .allMatch(setting -> Repository.isSetting(setting.split("=", 2)[0])));
    }

    private static List<String> settings(JsonNode workload) {
        return texts(container(workload).at("/args"))
                .filter(argument -> argument.contains("=") && !argument.startsWith("-"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyMainClassIsThere(Rendered rendered) {
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            var main = texts(container(workload).at("/args"))
                    .filter(argument -> argument.startsWith("io.kappa."))
                    .findFirst()
                    .orElseThrow();
            assertThat(Repository.SERVICES).anySatisfy(service -> {
                var source = Repository.ROOT.resolve(service + "/src/main/java/" + main.replace('.', '/') + ".java");
                assertThat(source).content().contains("public static void main(String[] arguments)");
            });
        });
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void portsAreThoseThatTheServicesListenOn(Rendered rendered) {
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            var ports = elements(container(workload).at("/ports"))
                    .collect(Collectors.toMap(
                            port -> port.path("name").asText(),
                            port -> port.path("containerPort").asInt()));
            assertThat(ports).containsEntry("management", 9001);
            var component =
                    workload.at("/metadata/labels/app.kubernetes.io~1component").asText();
            switch (component) {
                case "router" -> {
                    assertThat(ports).containsEntry("lambda", 9000).hasSize(2);
                    assertThat(settings(workload)).contains("router.host=0.0.0.0");
                }
                case "worker" -> {
                    assertThat(ports).containsEntry("invocations", 9100).hasSize(2);
                    assertThat(settings(workload))
                            .contains("worker.port=9100", "worker.host=0.0.0.0", "worker.advertised-host=$(POD_IP)");
                }
                default -> assertThat(ports).hasSize(1);
            }
        });
        var configuration = Repository.read(Repository.ROOT.resolve("docs/configuration.md"));
        assertThat(configuration).contains("| `management.port` | `9001` |", "| `router.port` | `9000` |");
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void probesAskTheManagementPort(Rendered rendered) {
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container(workload).at("/" + probe + "/httpGet/port").asText())
                        .isEqualTo("management");
            }
            assertThat(container(workload).at("/startupProbe/httpGet/path").asText())
                    .isEqualTo("/health/live");
            assertThat(container(workload).at("/livenessProbe/httpGet/path").asText())
                    .isEqualTo("/health/live");
            assertThat(container(workload).at("/readinessProbe/httpGet/path").asText())
                    .isEqualTo("/health/ready");
        });
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void whatRunsHasTimeToFinish(Rendered rendered) {
        assertThat(rendered.workloads())
                .filteredOn(workload -> name(workload).matches(".*-(router|worker-.*)"))
                .allSatisfy(workload -> assertThat(pod(workload)
                                .at("/terminationGracePeriodSeconds")
                                .asInt())
                        .isGreaterThan(LONGEST_INVOCATION_SECONDS));
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void whatIsNotAContainerEngineItselfIsRestricted(Rendered rendered) {
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            var container = container(workload).path("securityContext");
            assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(pod(workload).path("automountServiceAccountToken").asBoolean(true))
                    .isFalse();
            if (container.path("privileged").asBoolean()) {
                assertThat(name(workload)).contains("-worker-");
            } else {
                assertThat(container.path("allowPrivilegeEscalation").asBoolean(true))
                        .isFalse();
                assertThat(texts(container.at("/capabilities/drop"))).containsExactly("ALL");
                assertThat(pod(workload).at("/securityContext/runAsNonRoot").asBoolean())
                        .isTrue();
                assertThat(pod(workload)
                                .at("/securityContext/seccompProfile/type")
                                .asText())
                        .isEqualTo("RuntimeDefault");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void noVariableOfAServiceIsTakenForASetting(Rendered rendered) {
        assertThat(rendered.workloads())
                .allSatisfy(workload -> assertThat(
                                pod(workload).path("enableServiceLinks").asBoolean(true))
                        .isFalse());
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everythingMountedIsAVolumeAndTheOtherWayRound(Rendered rendered) {
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            var volumes = Stream.concat(
                            elements(pod(workload).at("/volumes"))
                                    .map(volume -> volume.path("name").asText()),
                            elements(workload.at("/spec/volumeClaimTemplates")).map(Rendered::name))
                    .toList();
            assertThat(elements(container(workload).at("/volumeMounts"))
                            .map(mount -> mount.path("name").asText()))
                    .containsExactlyInAnyOrderElementsOf(volumes);
        });
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void nothingSecretIsMade(Rendered rendered) {
        assertThat(rendered.kind("Secret")).isEmpty();
        assertThat(rendered.objects().toString()).doesNotContainPattern("(?i)password=|jaas\\.config=");
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void budgetsForDisruptionsStandWhereTwoAlwaysRunAndNowhereElse(Rendered rendered) {
        var budgets = rendered.kind("PodDisruptionBudget").map(Rendered::name).collect(Collectors.toSet());
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            int floor = Stream.concat(rendered.kind("HorizontalPodAutoscaler"), rendered.kind("ScaledObject"))
                    .filter(scaler -> name(scaler).equals(name(workload)))
                    .map(scaler -> Math.max(
                            scaler.at("/spec/minReplicas").asInt(),
                            scaler.at("/spec/minReplicaCount").asInt()))
                    .findFirst()
                    .orElseGet(() -> workload.at("/spec/replicas").asInt());
            assertThat(budgets.contains(name(workload))).isEqualTo(floor >= 2);
        });
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void aWorkloadIsScaledByOneAtMostAndThenHasNoNumberOfItsOwn(Rendered rendered) {
        var scaled = Stream.concat(rendered.kind("HorizontalPodAutoscaler"), rendered.kind("ScaledObject"))
                .map(scaler -> scaler.at("/spec/scaleTargetRef/kind").asText() + "/"
                        + scaler.at("/spec/scaleTargetRef/name").asText())
                .toList();
        assertThat(scaled).doesNotHaveDuplicates();
        assertThat(rendered.workloads())
                .allSatisfy(workload -> assertThat(workload.path("spec").has("replicas"))
                        .isEqualTo(!scaled.contains(workload.path("kind").asText() + "/" + name(workload))));
        assertThat(rendered.workloads().map(workload -> workload.path("kind").asText() + "/" + name(workload)))
                .containsAll(scaled);
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void selectorsFindTheirPodsAndNobodyElses(Rendered rendered) {
        assertThat(rendered.workloads()).allSatisfy(workload -> {
            var selector = labels(workload.at("/spec/selector/matchLabels"));
            assertThat(labels(workload.at("/spec/template/metadata/labels"))).containsAll(selector);
            assertThat(rendered.workloads()
                            .filter(other -> labels(other.at("/spec/template/metadata/labels"))
                                    .containsAll(selector)))
                    .hasSize(1);
        });
    }

    private static Set<String> labels(JsonNode labels) {
        return labels.properties().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().asText())
                .collect(Collectors.toSet());
    }

    @Test
    void whatIsNotAllowedIsDeniedAndFunctionsNeverReachLinkLocalAddressesOrThePlatform() {
        var rendered = Rendered.ofDefaults();
        var deny = rendered.one("NetworkPolicy", "kappa-default-deny").path("spec");
        assertThat(deny.has("ingress") || deny.has("egress")).isFalse();
        assertThat(texts(deny.path("policyTypes"))).containsExactly("Ingress", "Egress");

        var worker = rendered.one("NetworkPolicy", "kappa-worker").path("spec");
        assertThat(elements(worker.path("egress"))).hasSize(1).allSatisfy(rule -> {
            var block = rule.at("/to/0/ipBlock");
            assertThat(texts(block.path("except"))).contains("169.254.0.0/16", "10.0.0.0/8");
        });
        assertThat(elements(worker.path("ingress")))
                .singleElement()
                .satisfies(rule -> assertThat(rule.at("/from/0/podSelector/matchLabels/app.kubernetes.io~1component")
                                .asText())
                        .isEqualTo("router"));
    }

    @Test
    void functionsCallTheApiOnlyWhereTheyAreLet() {
        var egress = Rendered.ofExample("worker-pools")
                .one("NetworkPolicy", "kappa-worker")
                .at("/spec/egress");
        assertThat(elements(egress).map(rule -> rule.at("/ports/0/port").asText()))
                .contains("lambda", "5432");
    }

    @Test
    void eachServiceHasAUserOfItsOwnWhosePrefixesCoverTheTopicsThatItWrites() {
        var rendered = Rendered.ofExample("secured-kafka");
        assertThat(rendered.kind("KafkaUser").map(Rendered::name))
                .containsExactlyInAnyOrder(
                        "kappa-router", "kappa-async-queue", "kappa-mapper", "kappa-dead-letters", "kappa-worker");
        assertThat(rendered.kind("KafkaUser")).allSatisfy(user -> {
            var prefixes = elements(user.at("/spec/authorization/acls"))
                    .filter(acl -> acl.at("/resource/type").asText().equals("topic")
                            && acl.at("/resource/patternType").asText().equals("prefix")
                            && texts(acl.path("operations")).anyMatch("Write"::equals))
                    .map(acl -> acl.at("/resource/name").asText())
                    .toList();
            assertThat(rendered.kind("KafkaTopic")
                            .map(topic -> topic.at("/spec/topicName").asText()))
                    .isNotEmpty()
                    .filteredOn(topic -> !name(user).endsWith("worker") || writtenByWorkers(topic))
                    .allMatch(topic -> prefixes.stream().anyMatch(topic::startsWith));
        });
        assertThat(rendered.workloads())
                .allSatisfy(workload -> assertThat(elements(pod(workload).path("volumes"))
                                .filter(volume -> volume.path("name").asText().equals("kafka-user"))
                                .map(volume -> volume.at("/secret/secretName").asText()))
                        .singleElement()
                        .satisfies(secret -> assertThat(name(workload)).startsWith(secret)));
    }

    private static boolean writtenByWorkers(String topic) {
        return Stream.of(Topic.WORKERS_STATUS, Topic.FUNCTIONS_LOGS, Topic.SNAPSHOTS_REPORTS)
                .anyMatch(written -> written.name("kappa").equals(topic));
    }

    @Test
    void aWorkerMayNeitherQueueNorConfigureNorReadWhatOthersAreSent() {
        var acls = Rendered.ofExample("secured-kafka")
                .one("KafkaUser", "kappa-worker")
                .at("/spec/authorization/acls");
        assertThat(elements(acls)
                        .filter(acl -> acl.at("/resource/type").asText().equals("topic"))
                        .filter(acl -> texts(acl.path("operations")).anyMatch("Write"::equals))
                        .map(acl -> acl.at("/resource/name").asText()))
                .containsExactlyInAnyOrder("kappa.workers.", "kappa.functions.", "kappa.snapshots.");
        assertThat(elements(acls).map(acl -> acl.at("/resource/type").asText())).containsOnly("topic", "cluster");
    }

    @Test
    void theTopicsOfAQueueHaveEquallyManyPartitionsWhateverTheirNumber() {
        var partitions = Rendered.ofExample("secured-kafka")
                .kind("KafkaTopic")
                .filter(topic ->
                        topic.at("/spec/topicName").asText().matches("kappa\\.invocations\\..*|kappa-async-queue-.*"))
                .map(topic -> topic.at("/spec/partitions").asInt())
                .toList();
        assertThat(partitions).hasSizeGreaterThan(5).containsOnly(12);
    }

    @Test
    void aPoolIsADeploymentOfItsOwnThatSaysOnlyWhatDiffers() {
        var rendered = Rendered.ofExample("worker-pools");
        assertThat(rendered.kind("Deployment").map(Rendered::name))
                .containsExactlyInAnyOrder("kappa-worker-large", "kappa-worker-kata", "kappa-worker-default");
        assertThat(pod(rendered.one("Deployment", "kappa-worker-kata"))
                        .path("runtimeClassName")
                        .asText())
                .isEqualTo("kata");
        assertThat(rendered.one("ConfigMap", "kappa-worker-large")
                        .at("/data/settings.properties")
                        .asText())
                .contains(
                        "worker.memory-megabytes=49152",
                        "worker.warm.memory-megabytes=2048",
                        "worker.environment.idle-timeout=5m");
    }

    @Test
    void aChangedSettingRollsThePods() throws IOException {
        var changed = Files.writeString(
                directory.resolve("values.yaml"), "router: {settings: {router.region: eu-central-1}}");
        var before = Rendered.ofDefaults();
        var after = Rendered.of(changed);
        assertThat(checksum(after, "kappa-router")).isNotEqualTo(checksum(before, "kappa-router"));
        assertThat(checksum(after, "kappa-mapper")).isEqualTo(checksum(before, "kappa-mapper"));
    }

    private static String checksum(Rendered rendered, String workload) {
        return rendered.one("StatefulSet", workload)
                .at("/spec/template/metadata/annotations/checksum~1settings")
                .asText();
    }

    @Test
    void aSettingIsWrittenAsItWasMeant() throws IOException {
        var values = Files.writeString(
                directory.resolve("values.yaml"),
                "router: {settings: {router.event.maximum-bytes: 1048576, router.function-url: 'http://{id}.x:9000/', a.b: 'c\\d'}}");
        var properties = new Properties();
        properties.load(new StringReader(Rendered.of(values)
                .one("ConfigMap", "kappa-router")
                .at("/data/settings.properties")
                .asText()));
        assertThat(properties)
                .containsEntry("router.event.maximum-bytes", "1048576")
                .containsEntry("router.function-url", "http://{id}.x:9000/")
                .containsEntry("a.b", "c\\d");
    }

    @Test
    void aDigestCountsBeforeATag() throws IOException {
        var digest = "sha256:" + "0".repeat(64);
        var values = Files.writeString(
                directory.resolve("values.yaml"),
                "image: {registry: example.org, tag: \"1\"}\nrouter: {image: {digest: \"" + digest + "\"}}");
        var rendered = Rendered.of(values);
        assertThat(container(rendered.one("StatefulSet", "kappa-router"))
                        .path("image")
                        .asText())
                .isEqualTo("example.org/kappa/frontend-router@" + digest);
        assertThat(container(rendered.one("StatefulSet", "kappa-mapper"))
                        .path("image")
                        .asText())
                .isEqualTo("example.org/kappa/event-source-mapper:1");
    }

    @Test
    void theChartRunsTheImagesThatComposeBuildsByTheMainClassesThatTheyHold() {
        var compose = Repository.read(Repository.ROOT.resolve("docker-compose.yml"));
        assertThat(Rendered.ofDefaults().workloads()).allSatisfy(workload -> {
            var image = container(workload).path("image").asText();
            var name = image.substring(0, image.indexOf(':'));
            assertThat(compose)
                    .contains("image: " + name + ":${KAPPA_VERSION:-" + image.substring(image.indexOf(':') + 1) + "}");
            var service = name.substring(name.indexOf('/') + 1);
            var main = Repository.read(Repository.ROOT.resolve("deploy/images/main/" + service + "/main"))
                    .strip();
            assertThat(texts(container(workload).at("/args"))).contains(main);
        });
    }

    @Test
    void everyVariableInTheComposeFileIsASetting() {
        var compose = Repository.read(Repository.ROOT.resolve("docker-compose.yml"));
        var variables = Repository.settings().stream()
                .map(key -> "KAPPA_"
                        + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
                .collect(Collectors.toSet());
        assertThat(Pattern.compile("(?m)^ +(KAPPA_[A-Z_]+):").matcher(compose).results())
                .hasSizeGreaterThan(10)
                .allMatch(variable -> variables.contains(variable.group(1)));
        assertThat(variables).as("no two settings have one variable").hasSameSizeAs(Repository.settings());
    }
}
