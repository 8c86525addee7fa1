//! Another program that answers each line with one line of JSON.

use mykarte_tests::measure::Failure;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Other {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Other {
    pub fn start(command: &mut Command) -> Result<Other, Failure> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = child.stdin.take().ok_or("it is piped")?;
        let answers = BufReader::new(child.stdout.take().ok_or("it is piped")?);
        Ok(Other { child, requests, answers })
    }

    pub fn ask(&mut self, request: &str) -> Result<Value, Failure> {
        writeln!(self.requests, "{request}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
