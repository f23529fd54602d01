package io.kappa.asyncqueue.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    @Test
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() throws IOException {
        String text;
        try (var resource = Objects.requireNonNull(QueueControl.class.getResourceAsStream("openapi.json"))) {
            text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
        var parsed = new OpenAPIV3Parser().readContents(text, null, new ParseOptions());

        assertThat(parsed.getMessages()).isEmpty();
        var described = parsed.getOpenAPI().getPaths().entrySet().stream()
                .flatMap(path -> path.getValue().readOperationsMap().keySet().stream()
                        .map(PathItem.HttpMethod::name)
                        .map(method -> method + " " + path.getKey()))
                .collect(Collectors.toSet());
        var mounted = QueueControl.Route.ALL.stream()
                .map(route -> route.method().name() + " /v1/async-queue"
                        + route.path().replaceAll(":(\\w+)", "{$1}"))
                .collect(Collectors.toSet());
        assertThat(described).isEqualTo(mounted);
    }
}
