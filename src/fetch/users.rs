//! At most 100 users a query: longer lists are asked for in batches.

use serde_json::{Map, Value};

use crate::model::catalog::family::Family;

use crate::error::Error;

/// The limits of one query of the users family.
pub const MOST_USERS: usize = 100;

/// The bodies that ask for all users of this one, each for [`MOST_USERS`] at the most.
pub fn batches(
    family: &Family,
    body: Map<String, Value>,
) -> Result<Vec<Map<String, Value>>, Error> {
    if family.name != "users" {
        return Ok(vec![body]);
    }
    let Some((pointer, users)) = long_list(&body) else {
        return Ok(vec![body]);
    };
    let grouped = body
        .get("groupBy")
        .and_then(Value::as_array)
        .is_some_and(|names| names.iter().any(|name| name == "userId"));
    if !grouped {
        return Err(Error::usage(format!(
            "{} users need several queries, and their sums would be mixed",
            users.len()
        ))
        .help("add --group-by userId, so that the rows can be joined"));
    }
    let whole = Value::Object(body);
    let batch = |users: &[Value]| {
        let mut part = whole.clone();
        if let Some(place) = part.pointer_mut(&pointer) {
            *place = Value::Array(users.to_vec());
        }
        match part {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    };
    Ok(users.chunks(MOST_USERS).map(batch).collect())
}

/// The pointer to a list of alternatives that names too many users, and the list.
fn long_list(body: &Map<String, Value>) -> Option<(String, Vec<Value>)> {
    let filter = body.get("filter")?;
    let mut places = vec![("/filter/predicates".to_owned(), filter)];
    for (index, clause) in filter["clauses"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        places.push((format!("/filter/clauses/{index}/predicates"), clause));
    }
    places.into_iter().find_map(|(pointer, holder)| {
        let list = holder["predicates"].as_array()?;
        let users = list.iter().all(|one| one["dimension"] == "userId");
        let alternatives = holder["type"] == "or";
        (users && alternatives && list.len() > MOST_USERS).then(|| (pointer, list.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::filter::{Predicate, filter};
    use crate::model::catalog::family;
    use serde_json::json;

    fn body(users: usize, group_by: &[&str]) -> Map<String, Value> {
        let condition = Predicate {
            dimension: "userId".into(),
            operator: "matches",
            values: (0..users).map(|user| user.to_string()).collect(),
        };
        let mut body = Map::new();
        body.insert("groupBy".into(), json!(group_by));
        body.insert("filter".into(), filter(&[condition]));
        body
    }

    #[test]
    fn many_users_are_cut_and_none_is_lost() {
        let family = family::find("users").unwrap();
        assert_eq!(batches(family, body(100, &[])).unwrap().len(), 1);
        let parts = batches(family, body(250, &["userId"])).unwrap();
        assert_eq!(parts.len(), 3);
        let users = parts.iter().flat_map(|part| {
            let list = part["filter"]["clauses"][0]["predicates"]
                .as_array()
                .unwrap();
            list.iter()
                .map(|one| one["value"].as_str().unwrap().to_owned())
        });
        let all: Vec<String> = users.collect();
        assert_eq!(
            all,
            (0..250).map(|user| user.to_string()).collect::<Vec<_>>()
        );
        assert!(batches(family, body(101, &[])).is_err());
        let others = family::find("conversations").unwrap();
        assert_eq!(batches(others, body(250, &[])).unwrap().len(), 1);
    }
}
