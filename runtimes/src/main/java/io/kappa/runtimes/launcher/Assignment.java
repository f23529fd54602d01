package io.kappa.runtimes.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks the platform which function this process is for. */
final class Assignment {
    private Assignment() {}

    /**
     * Waits, however long, for the answer: the variables of the process.
     *
     * @param api {@code host:port} of the Runtime API
     */
    static Map<String, String> await(String api) throws IOException {
        return variables(Question.ask(api, "/kappa/assignment").body());
    }

    /** As {@code /proc} shows those of a process. */
    static Map<String, String> variables(byte[] block) {
        var variables = new LinkedHashMap<String, String>();
        int start = 0;
        for (int at = 0; at < block.length; at++) {
            if (block[at] == 0) {
                var variable = new String(block, start, at - start, StandardCharsets.UTF_8);
                int equals = variable.indexOf('=');
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
                start = at + 1;
            }
        }
        return variables;
    }
}
