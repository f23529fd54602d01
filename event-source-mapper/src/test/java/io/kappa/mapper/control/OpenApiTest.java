package io.kappa.mapper.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    @Test
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() throws IOException {
        var parsed = new OpenAPIV3Parser().readContents(description(), null, new ParseOptions());

        assertThat(parsed.getMessages()).isEmpty();
        var described = parsed.getOpenAPI().getPaths().entrySet().stream()
                .flatMap(path -> path.getValue().readOperationsMap().keySet().stream()
                        .map(PathItem.HttpMethod::name)
                        .map(method -> method + " " + path.getKey()))
                .collect(Collectors.toSet());
        var mounted = MappingControl.Route.ALL.stream()
                .map(route -> route.method().name() + " /v1/event-source-mappings"
                        + route.path().replaceAll(":(\\w+)", "{$1}"))
                .collect(Collectors.toSet());
        assertThat(described).isEqualTo(mounted);
    }

    @Test
    void membersThatAreDescribedAreThoseThatAreReadAndWritten() throws IOException {
        var schemas = new ObjectMapper().readTree(description()).at("/components/schemas");
        Map.of(
                        "Mappings", MappingJson.Mappings.class,
                        "Mapping", MappingJson.Mapping.class,
                        "Queue", MappingJson.Queue.class,
                        "Shard", MappingJson.Shard.class,
                        "Failure", MappingJson.Failure.class,
                        "Skip", MappingJson.Skip.class,
                        "AskedSkip", AskedSkip.class)
                .forEach((schema, type) -> {
                    var described = new TreeSet<String>();
                    schemas.path(schema).path("properties").fieldNames().forEachRemaining(described::add);
                    assertThat(described)
                            .as(schema)
                            .isEqualTo(Arrays.stream(type.getRecordComponents())
                                    .map(RecordComponent::getName)
                                    .collect(Collectors.toCollection(TreeSet::new)));
                });
    }

    private static String description() throws IOException {
        try (var resource = Objects.requireNonNull(MappingControl.class.getResourceAsStream("openapi.json"))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
