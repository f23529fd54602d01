package io.kappa.mapper.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.testkit.OpenApiDescription;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private final OpenApiDescription description = OpenApiDescription.of(MappingControl.class, "openapi.json");

    @Test
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() {
        assertThat(description.problems()).isEmpty();
        assertThat(description.operations())
                .isEqualTo(MappingControl.Route.ALL.stream()
                        .map(route -> OpenApiDescription.operation(
                                route.method(), "/v1/event-source-mappings" + route.path()))
                        .collect(Collectors.toSet()));
    }

    @Test
    void membersThatAreDescribedAreThoseThatAreReadAndWritten() {
        assertThat(Map.of(
                        "Mappings", MappingJson.Mappings.class,
                        "Mapping", MappingJson.Mapping.class,
                        "Queue", MappingJson.Queue.class,
                        "Shard", MappingJson.Shard.class,
                        "Failure", MappingJson.Failure.class,
                        "Skip", MappingJson.Skip.class,
                        "AskedSkip", AskedSkip.class))
                .allSatisfy((schema, type) ->
                        assertThat(description.members(schema)).isEqualTo(OpenApiDescription.membersOf(type)));
    }
}
