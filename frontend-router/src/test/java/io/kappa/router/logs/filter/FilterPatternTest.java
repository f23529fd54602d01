package io.kappa.router.logs.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of pattern matches; the examples of AWS's own pages among them. */
class FilterPatternTest {
    private static final String EVENT = """
            {"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],\
            "objectList":[{"name":"a","id":1},{"name":"b","id":2}],"SomeObject":null,"cluster.name":"c",\
            "ok":true,"wrong":false,"latency":12.5,"status":404,"text":"404","matrix":[[0,1],[2,3]],\
            "user":{"id":1,"email":"John.Stiles@example.com"},"with-dash":"d"}""";

    private static boolean matches(String pattern, String message) {
        return FilterPattern.parse(pattern).matches(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\"\"", "?\"\""})
    void anEmptyPatternMatchesEverything(String pattern) {
        assertThat(matches(pattern, "anything")).isTrue();
        assertThat(matches(pattern, "")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            ERROR                       ~ [ERROR 400] BAD REQUEST               ~ true
            ERROR                       ~ [INFO 200] OK                         ~ false
            error                       ~ [ERROR 400] BAD REQUEST               ~ false
            Exception                   ~ java.lang.NullPointerException        ~ true
            ERROR ARGUMENTS             ~ [ERROR 419] MISSING ARGUMENTS         ~ true
            ERROR ARGUMENTS             ~ [ERROR 401] UNAUTHORIZED REQUEST      ~ false
            ARGUMENTS ERROR             ~ [ERROR 419] MISSING ARGUMENTS         ~ true
            ?ERROR ?ARGUMENTS           ~ [ERROR 401] UNAUTHORIZED REQUEST      ~ true
            ?ERROR ?ARGUMENTS           ~ [INFO] INVALID ARGUMENTS              ~ true
            ?ERROR ?ARGUMENTS           ~ [INFO 200] OK                         ~ false
            ?ERROR ?ARGUMENTS REQUEST   ~ [INFO] REQUEST FAILED                 ~ true
            ?ERROR ?ARGUMENTS REQUEST   ~ [ERROR] MISSING ARGUMENTS             ~ false
            ?ERROR -REQUEST             ~ [INFO] fine                           ~ true
            "INTERNAL SERVER ERROR"     ~ [ERROR 500] INTERNAL SERVER ERROR     ~ true
            "INTERNAL SERVER ERROR"     ~ INTERNAL ERROR OF A SERVER            ~ false
            "[ERROR]" failed            ~ 12:00 [ERROR] it failed               ~ true
            "[ERROR]" failed            ~ 12:00 ERROR it failed                 ~ false
            ?"[ERROR]" ?"[WARN]"        ~ [WARN] careful                        ~ true
            ERROR -ARGUMENTS            ~ [ERROR 400] BAD REQUEST               ~ true
            ERROR -ARGUMENTS            ~ [ERROR 419] MISSING ARGUMENTS         ~ false
            -ERROR                      ~ [INFO] fine                           ~ true
            -ERROR                      ~ [ERROR] bad                           ~ false
            ERROR -"BAD REQUEST"        ~ [ERROR 400] BAD REQUEST               ~ false
            "say \\"hi\\""              ~ they say "hi" to us                   ~ true
            "back\\\\slash"             ~ a back\\slash                         ~ true
            task_id                     ~ the task_id is 7                      ~ true
            größe                       ~ die größe                             ~ true
            """)
    void termsAreLookedForAnywhere(String pattern, String message, boolean matches) {
        assertThat(matches(pattern, message)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            %AUTHORIZED%                ~ [ERROR 401] UNAUTHORIZED REQUEST ~ true
            %AUTHORIZED%                ~ [SUCCESS 200] OK                 ~ false
            %^[hc]at%                   ~ hat trick                        ~ true
            %^[hc]at%                   ~ a hat                            ~ false
            %[hc]at$%                   ~ the cat                          ~ true
            %colou?r%                   ~ color                            ~ true
            %^a{3,5}$%                  ~ aa                               ~ false
            %gray|grey%                 ~ a grey day                       ~ true
            %ab*c%                      ~ ac                               ~ true
            %ab+c%                      ~ ac                               ~ false
            %\\d\\D\\s\\w%              ~ port 80: go                      ~ true
            %10\\.10\\.0\\.1%           ~ from 10.10.0.1                   ~ true
            %10\\.10\\.0\\.1%           ~ from 10010,051                   ~ false
            %\\x3A%                     ~ key:value                        ~ true
            %100\\%%                    ~ 100% sure                        ~ true
            ERROR %5[0-9]{2}%           ~ ERROR 503                        ~ true
            -%5[0-9]{2}%                ~ ERROR 503                        ~ false
            ?%4..% ?%5..%               ~ ERROR 503                        ~ true
            """)
    void regularExpressionsStandBetweenPercentSigns(String pattern, String message, boolean matches) {
        assertThat(matches(pattern, message)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            { $.eventType = "UpdateTrail" }                          ~ true
            {$.eventType="UpdateTrail"}                              ~ true
            { $.eventType = UpdateTrail }                            ~ true
            { $.eventType = "updatetrail" }                          ~ false
            { $.eventType != "UpdateTrail" }                         ~ false
            { $.eventType = "Update*" }                              ~ true
            { $.eventType = "*date*" }                               ~ true
            { $.eventType = "*x*" }                                  ~ false
            { $.eventType = %^Up% }                                  ~ true
            { $.eventType != %^Up% }                                 ~ false
            { $.sourceIPAddress != 123.123.* }                       ~ true
            { $.sourceIPAddress != 111.111.* }                       ~ false
            { $.sourceIPAddress = 111.111.* }                        ~ true
            { $.arrayKey[0] = "value" }                              ~ true
            { $.arrayKey[1] = "value" }                              ~ false
            { $.arrayKey[7] = "value" }                              ~ false
            { $.arrayKey[*] = "another value" }                      ~ true
            { $.arrayKey = "value" }                                 ~ false
            { $.objectList[1].id = 2 }                               ~ true
            { $.objectList[*].id = 2 }                               ~ true
            { $.objectList[*].id = 3 }                               ~ false
            { $.matrix[1][0] = 2 }                                   ~ true
            { $.* = "UpdateTrail" }                                  ~ true
            { $.* = "nowhere" }                                      ~ false
            { $.['cluster.name'] = "c" }                             ~ true
            { $['cluster.name'] = "c" }                              ~ true
            { $.with-dash = d }                                      ~ true
            { $.SomeObject IS NULL }                                 ~ true
            { $.eventType IS NULL }                                  ~ false
            { $.missing IS NULL }                                    ~ false
            { $.missing NOT EXISTS }                                 ~ true
            { $.eventType NOT EXISTS }                               ~ false
            { $.SomeObject NOT EXISTS }                              ~ false
            { $.eventType EXISTS }                                   ~ true
            { $.ok IS TRUE }                                         ~ true
            { $.ok IS FALSE }                                        ~ false
            { $.wrong is false }                                     ~ true
            { $.eventType IS TRUE }                                  ~ false
            { $.ok = true }                                          ~ false
            { $.missing != "x" }                                     ~ false
            { $.SomeObject = "*" }                                   ~ false
            { $.user = "*" }                                         ~ false
            { $.status = 404 }                                       ~ true
            { $.status = 404.0 }                                     ~ true
            { $.status = 4.04e2 }                                    ~ true
            { $.status = "404" }                                     ~ true
            { $.status = 4* }                                        ~ true
            { $.status != 500 }                                      ~ true
            { $.status >= 404 }                                      ~ true
            { $.status > 404 }                                       ~ false
            { $.status <= 404 }                                      ~ true
            { $.status < 404 }                                       ~ false
            { $.text = 404 }                                         ~ true
            { $.latency > 12 }                                       ~ true
            { $.latency < 1.25e+1 }                                  ~ false
            { $.eventType > 12 }                                     ~ false
            { $.user.id = 1 && $.status = 404 }                      ~ true
            { $.user.id = 1 && $.status = 500 }                      ~ false
            { $.user.id = 2 || $.status = 404 }                      ~ true
            { $.user.id = 1 || $.status = 500 && $.text = 1 }        ~ true
            { ($.user.id = 1 || $.status = 500) && $.text = 1 }      ~ false
            { ($.user.id = 1) && (($.status = 500) || $.ok IS TRUE) } ~ true
            {$.user.id=1&&$.status=404||$.text=1}                    ~ true
            """)
    void membersOfAJsonObjectAreCompared(String pattern, boolean matches) {
        assertThat(matches(pattern, EVENT)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "eventType=UpdateTrail",
                "12:00 {\"a\":1}",
                "[1]",
                "{\"a\":1",
                "{\"a\":1} and more",
                "7",
                "null"
            })
    void whatIsNoJsonObjectMatchesNoConditionOnMembers(String message) {
        assertThat(matches("{ $.a = 1 }", message)).isFalse();
        assertThat(matches("{ $.b NOT EXISTS }", message)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            [ip, user, name, time, request, status = 404, bytes]          ~ true
            [ip, user, name, time, request, status = 4*, bytes]           ~ true
            [ip, user, name, time, request, status = 5*, bytes]           ~ false
            [ip, user, name, time, request, status >= 400, bytes > 1000]  ~ true
            [ip, user, name, time, request, status >= 400, bytes < 1000]  ~ false
            [ip, user, name, time, request != %^PUT%, status, bytes]      ~ true
            [ip, user, name, time, request = *html*, status, bytes]       ~ true
            [ip, user, name, time, request = "GET *", status, bytes]      ~ true
            [..., status = 404, bytes]                                    ~ true
            [ip = %127\\.0\\.0\\.[1-9]%, ...]                             ~ true
            [ip, ..., bytes = 1534]                                       ~ true
            [...]                                                         ~ true
            [ip, user]                                                    ~ false
            [a, b, c, d, e, f, g, h]                                      ~ false
            [a, b, c, d, e, f, g, ...]                                    ~ true
            [a, b, c, d, e, f, g, ..., h]                                 ~ false
            [ip, user, name = frank || name = bob, ...]                   ~ true
            [ip, user, name = frank && name = bob, ...]                   ~ false
            [ip, user, (name = bob || name = frank) && name != bob, ...]  ~ true
            [..., %^404$%, bytes]                                         ~ true
            """)
    void fieldsAreCountedAndCompared(String pattern, boolean matches) {
        var message = "127.0.0.1 - frank  [10/Oct/2000:13:25:15 -0700]\t\"GET /index.html HTTP/1.0\" 404 1534";
        assertThat(matches(pattern, message)).isEqualTo(matches);
    }

    @Test
    void whatIsNotClosedIsAFieldLikeAnyOther() {
        assertThat(matches("[a, b = \"[x\", c = \"\\\"y\"]", "1 [x \"y")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"open",
                "a.b",
                "ERROR:",
                "?",
                "-",
                "ERR*",
                "*",
                "%open",
                "%%",
                "%something!%",
                "%(ab)+%",
                "%café%",
                "%\\p%",
                "%[%",
                "%a% %b% %c%",
                "{",
                "{}",
                "{ }",
                "{ $ = 1 }",
                "{ $. = 1 }",
                "{ a = 1 }",
                "{ $.a }",
                "{ $.a = }",
                "{ $.a == 1 }}",
                "{ $.a = 1",
                "{ $.a = 1 } x",
                "{ $.a = 1 && }",
                "{ ($.a = 1 }",
                "{ $.a IS }",
                "{ $.a IS 7 }",
                "{ $.a NOT }",
                "{ $.a > x }",
                "{ $.a > \"7\" }",
                "{ $.a[ = 1 }",
                "{ $.a[x] = 1 }",
                "{ $.a['b = 1 }",
                "{ $.*[*] = 1 }",
                "{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }",
                "[",
                "[]",
                "[a",
                "[a,]",
                "[a] b",
                "[a =]",
                "[a > b]",
                "[..., a, ...]",
            })
    void whatIsNoPatternIsRefused(String text) {
        assertThatThrownBy(() -> FilterPattern.parse(text))
                .isInstanceOf(FilterPatternException.class)
                .hasMessageStartingWith("Invalid filter pattern: ");
    }

    @Test
    void noPatternIsSlowHoweverLongTheMessageIs() {
        var message = "a".repeat(100_000);
        assertThat(matches("%a*a*a*a*a*a*b%", message)).isFalse();
        assertThat(matches("{ $.a = \"*a*a*a*a*a*a*a*b\" }", "{\"a\":\"" + message + "\"}"))
                .isFalse();
        assertThat(matches("{ $.a > 1 }", "{\"a\":1e999999999}")).isFalse();
    }
}
