//! Where packages are kept: folders or S3-compatible stores, each a *copy* with all of them (east, west).
//!
//! An object is `packages/<enrolment>/<random>`: names that say nothing. A package is put into every copy before anybody is
//! told of it, read from the first copy that answers, and at an enrolment's end deleted by the whole prefix, so that nothing
//! that an interrupted run left behind survives its owner.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use mykarte_vault::package::EnrolmentId;
use mykarte_wire::issuer::CopyState;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

/// In front of every object.
const PREFIX: &str = "packages";
/// An upload takes minutes at most; what is older and nobody's was left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

/// A place that keeps packages does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// It does not answer, or refuses.
    #[error("the copy {name} does not answer ({detail}); check that it runs, its address and its key")]
    Unavailable {
        /// Its name in the settings.
        name: String,
        /// What its library says.
        detail: String,
    },
    /// The settings do not describe one.
    #[error("the copy {name} cannot be used: {detail}")]
    Settings {
        /// Its name in the settings.
        name: String,
        /// What is wrong.
        detail: String,
    },
    /// No copy has the package any more.
    #[error("no copy has the package")]
    Gone,
}

/// One place.
#[derive(Debug, Clone)]
pub struct Copy {
    name: String,
    store: Arc<dyn ObjectStore>,
    /// Where it is a folder of this machine.
    folder: Option<PathBuf>,
}

/// All places, in the order of the settings.
#[derive(Debug, Clone)]
pub struct Copies(Vec<Copy>);

/// The bytes of a package, as they come.
pub type Body = BoxStream<'static, Result<Bytes, object_store::Error>>;

impl Copy {
    /// A copy by its URL: `file:///folder`, or `s3://bucket?endpoint=https://host&region=east` with the key in
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or in variables that begin with the copy's name.
    ///
    /// # Errors
    /// [`CopyError::Settings`].
    pub fn open(name: &str, url: &Url) -> Result<Copy, CopyError> {
        let wrong = |detail: &str| CopyError::Settings { name: name.to_owned(), detail: detail.to_owned() };
        let mut own = None;
        let store: Arc<dyn ObjectStore> = match url.scheme() {
            "file" => {
                let folder = url.to_file_path().map_err(|()| wrong("not a folder of this machine"))?;
                make_folder(&folder).map_err(|error| wrong(&error.to_string()))?;
                let local = LocalFileSystem::new_with_prefix(&folder).map_err(|error| wrong(&error.to_string()))?;
                own = Some(folder);
                // Durable before anybody is told of it.
                Arc::new(local.with_fsync(true).with_automatic_cleanup(true))
            }
            "s3" => Arc::new(s3(name, url).map_err(|detail| wrong(&detail))?),
            _ => return Err(wrong("write file:///folder or s3://bucket?endpoint=https://host")),
        };
        Ok(Copy { name: name.to_owned(), store, folder: own })
    }

    fn unavailable(&self, error: &object_store::Error) -> CopyError {
        CopyError::Unavailable { name: self.name.clone(), detail: error.to_string() }
    }

    /// What lies under a prefix.
    async fn list(&self, prefix: &Path) -> Result<Vec<ObjectMeta>, CopyError> {
        self.store.list(Some(prefix)).try_collect().await.map_err(|error| self.unavailable(&error))
    }

    async fn delete(&self, path: &Path) -> Result<(), CopyError> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.unavailable(&error)),
        }
    }

    /// Deletes all that it has of an enrolment, and asks again whether it is gone.
    async fn delete_all(&self, enrolment: EnrolmentId) -> Result<(), CopyError> {
        let prefix = Path::from_iter([PREFIX, &enrolment.to_string()]);
        for found in self.list(&prefix).await? {
            self.delete(&found.location).await?;
        }
        if let Some(folder) = &self.folder {
            // Half-written files, which no list of a store shows.
            match std::fs::remove_dir_all(folder.join(PREFIX).join(enrolment.to_string())) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(CopyError::Unavailable { name: self.name.clone(), detail: error.kind().to_string() });
                }
            }
        }
        match self.list(&prefix).await?.is_empty() {
            true => Ok(()),
            false => {
                Err(CopyError::Unavailable { name: self.name.clone(), detail: "it keeps what was deleted".into() })
            }
        }
    }

    async fn sweep(&self, is_left: &(dyn Fn(EnrolmentId, &str) -> bool + Sync)) -> Result<(), CopyError> {
        for found in self.list(&Path::from(PREFIX)).await? {
            let parts: Vec<_> = found.location.parts().collect();
            let enrolment = parts.get(1).and_then(|part| EnrolmentId::parse(part.as_ref()));
            let (Some(enrolment), Some(object)) = (enrolment, parts.get(2)) else { continue };
            let is_old = SystemTime::from(found.last_modified).elapsed().is_ok_and(|age| age > LEFT_BEHIND);
            if is_old && is_left(enrolment, object.as_ref()) {
                self.delete(&found.location).await?;
            }
        }
        Ok(())
    }
}

impl Copies {
    /// Opens all of them, and looks whether each answers.
    ///
    /// # Errors
    /// [`CopyError`] of the first that does not.
    pub async fn open(named: &[(String, Url)]) -> Result<Copies, CopyError> {
        let copies: Vec<Copy> = named.iter().map(|(name, url)| Copy::open(name, url)).collect::<Result<_, _>>()?;
        for copy in &copies {
            let mut listed = copy.store.list(Some(&Path::from(PREFIX)));
            if let Some(Err(error)) = listed.next().await {
                return Err(copy.unavailable(&error));
            }
        }
        Ok(Copies(copies))
    }

    /// Puts a package into every copy.
    ///
    /// # Errors
    /// [`CopyError::Unavailable`]; what was put by then is the caller's to delete, and else goes with the next sweep.
    pub async fn put(&self, enrolment: EnrolmentId, object: &str, package: Bytes) -> Result<(), CopyError> {
        for copy in &self.0 {
            let put = copy.store.put(&path(enrolment, object), PutPayload::from_bytes(package.clone())).await;
            put.map_err(|error| copy.unavailable(&error))?;
        }
        Ok(())
    }

    /// The bytes of a package from the first copy that answers.
    ///
    /// # Errors
    /// [`CopyError::Gone`] where none has it; [`CopyError::Unavailable`] of the last that did not answer.
    pub async fn get(&self, enrolment: EnrolmentId, object: &str, range: Range<u64>) -> Result<Body, CopyError> {
        let mut last = CopyError::Gone;
        for copy in &self.0 {
            let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
            match copy.store.get_opts(&path(enrolment, object), options).await {
                Ok(found) => return Ok(found.into_stream()),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => last = copy.unavailable(&error),
            }
        }
        Err(last)
    }

    /// Deletes one object of an enrolment everywhere; what does not answer is left to [`Copies::sweep`].
    pub async fn delete(&self, enrolment: EnrolmentId, object: &str) {
        for copy in &self.0 {
            if let Err(error) = copy.delete(&path(enrolment, object)).await {
                tracing::warn!(%enrolment, "{error}");
            }
        }
    }

    /// Deletes what every copy has of an enrolment; says of each whether it is gone.
    pub async fn delete_all(&self, enrolment: EnrolmentId) -> Vec<CopyState> {
        let mut states = Vec::new();
        for copy in &self.0 {
            let deleted = copy.delete_all(enrolment).await;
            if let Err(error) = &deleted {
                tracing::warn!(%enrolment, "{error}");
            }
            states.push(CopyState { name: copy.name.clone(), gone: deleted.is_ok() });
        }
        states
    }

    /// Deletes what an interrupted run left behind an hour ago or longer. `is_left` is asked for each object: whether its
    /// enrolment is known and has another package, or none any more. Of enrolments that nobody knows nothing is deleted: a
    /// copy may be another publisher's, or the database the wrong one.
    ///
    /// # Errors
    /// [`CopyError::Unavailable`] of the first copy that does not answer; the others are swept all the same.
    pub async fn sweep(&self, is_left: &(dyn Fn(EnrolmentId, &str) -> bool + Sync)) -> Result<(), CopyError> {
        let mut swept = Ok(());
        for copy in &self.0 {
            swept = swept.and(copy.sweep(is_left).await);
        }
        swept
    }
}

fn path(enrolment: EnrolmentId, object: &str) -> Path {
    Path::from_iter([PREFIX, &enrolment.to_string(), object])
}

/// A folder that is its owner's alone.
fn make_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn s3(name: &str, url: &Url) -> Result<object_store::aws::AmazonS3, String> {
    let query = |wanted: &str| url.query_pairs().find(|(key, _)| key == wanted).map(|(_, value)| value.into_owned());
    if !matches!(url.path(), "" | "/") {
        return Err("a folder within a bucket is not offered; give each publisher a bucket of its own".to_owned());
    }
    let bucket = url.host_str().ok_or("the bucket is missing: s3://bucket?endpoint=...")?;
    let endpoint = query("endpoint").ok_or("the endpoint is missing: s3://bucket?endpoint=https://host")?;
    let region = query("region").unwrap_or_else(|| "us-east-1".to_owned());
    let is_plain = endpoint.starts_with("http://");
    let host = Url::parse(&endpoint).ok().and_then(|endpoint| endpoint.host_str().map(str::to_owned));
    let is_here = host.is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host.as_str()));
    if is_plain && !is_here {
        return Err("the endpoint must be https://".to_owned());
    }
    let key = |variable: &str| {
        let own = format!("{}_{variable}", name.to_ascii_uppercase().replace('-', "_"));
        std::env::var(own).or_else(|_| std::env::var(variable)).map_err(|_| format!("{variable} is not set"))
    };
    // A limit per read, not for all of a package: slow phones take minutes.
    let options = ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(Duration::from_secs(30))
        .with_connect_timeout(Duration::from_secs(5))
        .with_allow_http(is_plain);
    let retry = RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() };
    AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_region(region)
        .with_bucket_name(bucket)
        .with_access_key_id(key("AWS_ACCESS_KEY_ID")?)
        .with_secret_access_key(key("AWS_SECRET_ACCESS_KEY")?)
        .with_client_options(options)
        .with_retry(retry)
        .build()
        .map_err(|error| error.to_string())
}
