package io.kappa.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExampleTest {
    @ParameterizedTest
    @EnumSource
    void everyExampleIsPackagedSoThatItsHandlerIsFound(Example example) throws IOException {
        var files = files(example.zip());
        var module = example.handler().split("[.:]", 2)[0];
        assertThat(files).anySatisfy(file -> assertThat(file).matches(module + "\\.(py|mjs|class)"));
        if (example.family() == RuntimeFamily.JAVA) {
            assertThat(files).allSatisfy(file -> assertThat(file).endsWith(".class"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyExampleIsWhereTheDemoSaysThatItIs(Example example) {
        assertThat(Path.of("..").resolve(example.path())).isRegularFile();
    }

    @ParameterizedTest
    @EnumSource
    void everyExampleIsInTheReadmeOfTheExamples(Example example) throws IOException {
        assertThat(Files.readString(Path.of("../examples/README.md")))
                .contains("[" + example.function() + "](" + example.path().substring("examples/".length()) + ")")
                .contains("`" + example.handler() + "`");
    }

    private static List<String> files(byte[] zip) throws IOException {
        var names = new ArrayList<String>();
        try (var entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }
}
