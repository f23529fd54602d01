# frozen_string_literal: true

module Kappa
  # Lambda's lines for what the Logger class prints.
  module Logs
    class << self
      attr_accessor :request_id

      def json?
        @json
      end

      # To be called once the variables are the function's.
      def choose_format
        @json = ENV['AWS_LAMBDA_LOG_FORMAT'].to_s.casecmp?('JSON')
      end

      # Loggers that the function has made already follow, since the class that formats for them is changed.
      def adopt_logger
        Logger::Formatter.prepend(json? ? JsonLines : TextLines) if defined?(Logger)
      end

      def print_json(level, message, members)
        $stdout.puts({ timestamp: timestamp(Time.now), level: level, message: message, requestId: request_id,
                       **members }.compact.to_json)
      end

      def timestamp(time)
        time.utc.strftime('%Y-%m-%dT%H:%M:%S.%LZ')
      end
    end

    # As Ruby writes them, with the request id.
    module TextLines
      def call(severity, time, progname, message)
        format("%s, [%s #%d] %5s %s -- %s: %s\n", severity[0], format_datetime(time), Process.pid, severity, Logs.request_id,
               progname, msg2str(message))
      end
    end

    # One object a line.
    module JsonLines
      def call(severity, time, progname, message)
        line = { timestamp: Logs.timestamp(time), level: severity, message: message, requestId: Logs.request_id,
                 logger: progname }
        if message.is_a?(Exception)
          line.update(message: message.message, errorType: message.class.to_s, errorMessage: message.message,
                      stackTrace: message.backtrace || [])
        elsif !message.is_a?(String)
          line[:message] = msg2str(message)
        end
        "#{line.compact.to_json}\n"
      end
    end
  end
end
