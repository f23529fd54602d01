package io.kappa.deploy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The objects that the chart makes of some values. */
record Rendered(List<JsonNode> objects) {
    static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final String RELEASE = "kappa";
    private static final String NAMESPACE = "functions";
    private static final Path EXAMPLES = Repository.ROOT.resolve("deploy/helm/examples");

    /** By what the chart itself says. */
    static Rendered ofDefaults() {
        return parse(command().call());
    }

    /** By one of the examples beside the chart. */
    static Rendered ofExample(String name) {
        return parse(command().withValuesFile(example(name)).call());
    }

    /** By defaults and a file of values that a test has written. */
    static Rendered of(Path values) {
        return parse(command().withValuesFile(values).call());
    }

    static Path example(String name) {
        return EXAMPLES.resolve(name + ".yaml");
    }

    static Stream<String> examples() {
        return Repository.files(EXAMPLES, ".yaml").stream()
                .map(file -> String.valueOf(file.getFileName()).replace(".yaml", ""));
    }

    private static com.marcnuri.helm.TemplateCommand command() {
        return new Helm(Repository.CHART)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.34.0");
    }

    private static Rendered parse(String documents) {
        try (var parser = YAML.createParser(documents)) {
            return new Rendered(YAML.readValues(parser, JsonNode.class).readAll().stream()
                    .filter(JsonNode::isObject)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Stream<JsonNode> kind(String kind) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    JsonNode one(String kind, String name) {
        return kind(kind)
                .filter(object -> name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    /** StatefulSets and Deployments. */
    Stream<JsonNode> workloads() {
        return Stream.concat(kind("StatefulSet"), kind("Deployment"));
    }

    static JsonNode pod(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static JsonNode container(JsonNode workload) {
        return pod(workload).at("/containers/0");
    }

    static Stream<String> texts(JsonNode array) {
        return elements(array).map(JsonNode::asText);
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return array instanceof MissingNode ? Stream.empty() : StreamSupport.stream(array.spliterator(), false);
    }
}
