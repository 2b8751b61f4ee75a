//! Those who receive: a server for letters and one for webhooks, over real sockets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What came to a server for letters: to whom, and the letter.
pub(crate) type Letter = (String, String);

/// A server that speaks SMTP, as far as RFC 5321 must be spoken.
#[derive(Clone)]
pub(crate) struct PostOffice {
    pub(crate) address: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    /// What the next letters are answered instead of being taken.
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
}

impl PostOffice {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self {
            address: listener.local_addr().unwrap().to_string(),
            letters: Arc::default(),
            refusals: Arc::default(),
        };
        let own = office.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.speak(connection).await });
            }
        });
        office
    }

    pub(crate) fn refuse_next(&self, answer: &'static str) {
        self.refusals.lock().unwrap().push_back(answer);
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    async fn speak(&self, connection: TcpStream) -> Option<()> {
        let (read, mut write) = connection.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 post.example ESMTP\r\n").await.ok()?;
        let mut to = String::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.get(..4).unwrap_or_default().to_uppercase();
            let answer = match verb.as_str() {
                "EHLO" => "250-post.example\r\n250 8BITMIME",
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    "250 noted"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = String::new();
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    let refusal = self.refusals.lock().unwrap().pop_front();
                    if refusal.is_none() {
                        self.letters.lock().unwrap().push((to.clone(), letter));
                    }
                    refusal.unwrap_or("250 taken")
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        Some(())
    }
}

/// A receiver that says so much as soon as it is connected to, and then nothing, without hanging up. How often it was connected to.
#[derive(Clone)]
pub(crate) struct Babbler {
    pub(crate) host: String,
    connected: Arc<Mutex<usize>>,
}

impl Babbler {
    pub(crate) async fn open(said: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let babbler = Self {
            host: listener.local_addr().unwrap().to_string(),
            connected: Arc::default(),
        };
        let own = babbler.clone();
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut connection, _)) = listener.accept().await {
                *own.connected.lock().unwrap() += 1;
                let said = said.clone();
                open.push(tokio::spawn(async move {
                    let _ = connection.write_all(said.as_bytes()).await;
                    connection
                }));
            }
        });
        babbler
    }

    /// One that says nothing at all.
    pub(crate) async fn silent() -> Self {
        Self::open(String::new()).await
    }

    pub(crate) fn connected(&self) -> usize {
        *self.connected.lock().unwrap()
    }
}

/// A request to a webhook.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Posted {
    pub(crate) fn header(&self, name: &str) -> String {
        let own = self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        });
        own.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }
}

/// A server for webhooks that answers what it is told to, and then 204.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) host: String,
    posted: Arc<Mutex<Vec<Posted>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Receiver {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            host: listener.local_addr().unwrap().to_string(),
            posted: Arc::default(),
            answers: Arc::default(),
        };
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.answer(connection).await });
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.host)
    }

    /// What is answered next: a status line and headers; or `hang up`.
    pub(crate) fn answer_next(&self, answer: &'static str) {
        self.answers.lock().unwrap().push_back(answer);
    }

    pub(crate) fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap().clone()
    }

    async fn answer(&self, connection: TcpStream) -> Option<()> {
        let (read, mut write) = connection.into_split();
        let mut read = BufReader::new(read);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            read.read_line(&mut line).await.ok()?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().ok()?;
            }
            head.push_str(line.trim_end());
            head.push('\n');
        }
        let mut body = vec![0; length];
        read.read_exact(&mut body).await.ok()?;
        let body = String::from_utf8(body).ok()?;
        self.posted.lock().unwrap().push(Posted { head, body });
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or("204 No Content");
        if answer == "hang up" {
            return None;
        }
        let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        write.write_all(answer.as_bytes()).await.ok()
    }
}
