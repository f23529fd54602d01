package io.kappa.access.encryption;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.SealedVariables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Seals environment variables before they are recorded and opens them where they are needed: to be shown, and to start a function. Everybody
 * else handles them sealed. The function's ARN is their context, so that those of one function cannot be passed off as another's.
 */
public final class VariablesCipher {
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, String>> MAP = new TypeReference<>() {};

    private final KeyProvider keys;

    public VariablesCipher(KeyProvider keys) {
        this.keys = keys;
    }

    public SealedVariables seal(FunctionArn function, Map<String, String> variables) {
        var context = function.toString();
        var dataKey = keys.generate(context);
        try {
            var plain = JSON.writeValueAsBytes(new TreeMap<>(variables));
            return new SealedVariables(
                    dataKey.keyId(), dataKey.encrypted(), AesGcm.encrypt(dataKey.plain(), plain, context));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e); // Texts can always be written.
        }
    }

    /**
     * The variables of a configuration, whether they are sealed or not: those of records of long ago are not.
     *
     * @throws SealedException where they cannot be opened here
     */
    public Map<String, String> open(FunctionArn function, FunctionConfiguration configuration) {
        var sealed = configuration.sealedEnvironment();
        return sealed == null ? configuration.environment() : open(function, sealed);
    }

    private Map<String, String> open(FunctionArn function, SealedVariables sealed) {
        var context = function.toString();
        var dataKey = keys.decrypt(sealed.keyId(), sealed.dataKey(), context);
        var plain = AesGcm.decrypt(dataKey, sealed.variables(), context);
        try {
            return JSON.readValue(plain, MAP);
        } catch (IOException e) {
            throw new SealedException(SealedException.Cause.NOT_AUTHENTIC, "what is sealed is no map of variables");
        }
    }
}
